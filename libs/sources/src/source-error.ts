/**
 * unreachable: no usable answer now · not-found: repository, revision or path is missing · denied: credentials
 * are missing or wrong · refused: we do not do that (address, protocol, symlink) · too-large · timed-out ·
 * invalid: the request or the answer makes no sense · busy: other fetches of the repository are still running.
 */
export type SourceErrorCode =
  | 'unreachable'
  | 'not-found'
  | 'denied'
  | 'refused'
  | 'too-large'
  | 'timed-out'
  | 'invalid'
  | 'busy';

const RETRYABLE: ReadonlySet<SourceErrorCode> = new Set(['unreachable', 'timed-out', 'busy']);

/** Its message is for people and holds no secret; it carries no cause, since causes may. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly retryable: boolean;

  constructor(
    readonly code: SourceErrorCode,
    message: string,
  ) {
    super(message);
    this.retryable = RETRYABLE.has(code);
  }

  /** The same error, told about one thing. */
  about(subject: string): SourceError {
    return new SourceError(this.code, `${subject}: ${this.message}`);
  }
}
