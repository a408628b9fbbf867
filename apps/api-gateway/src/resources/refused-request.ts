export type RefusalCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'not-acceptable'
  | 'conflict'
  | 'precondition'
  | 'expired'
  | 'too-large'
  | 'media-type'
  | 'mismatch'
  | 'too-many'
  | 'unsupported'
  /** Something that is needed is away: later it may work. */
  | 'busy';

/** A request that the gateway's rules refuse; each door says so in its own words. */
export class RefusedRequest extends Error {
  readonly retryable = false;

  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }

  static notFound(kind: string, name: string): RefusedRequest {
    return new RefusedRequest('not-found', `${kind} ${name} does not exist`);
  }
}
