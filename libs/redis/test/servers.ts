/** What the scenes need of libs/testing, which only tests themselves may import. */
export interface Servers {
  readonly startRedis: (options: { kind: 'native'; arguments: string[] }) => Promise<RunningServer>;
  readonly findNativeRedis: () => string | undefined;
  readonly freePort: () => Promise<number>;
  readonly waitFor: (
    condition: () => Promise<unknown>,
    options?: { timeoutMs?: number; message?: string },
  ) => Promise<unknown>;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** TLS as settings of a server, with the port that it then has besides the one without. */
export type TlsSettings = () => Promise<{ port: number; settings: string[] }>;
