/** A server that we started and stop. */
export interface OwnServer {
  readonly name: string;
  readonly server: {
    /** Undefined while it does not run. */
    readonly pid: number | undefined;
    stop(): Promise<void>;
    restart(): Promise<void>;
  };
}
