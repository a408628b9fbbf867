export type RefusalCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'not-acceptable'
  | 'conflict'
  | 'exists'
  | 'outdated'
  | 'precondition'
  | 'expired'
  | 'too-large'
  | 'media-type'
  | 'mismatch'
  | 'too-many'
  | 'unsupported'
  /** Something that is needed is away: later it may work. */
  | 'busy';

/** What a refusal is about, for programs. */
export interface RefusalDetails {
  /** Each with its place: `spec.url: is missing`. */
  readonly problems?: readonly string[];
  readonly resource?: { readonly kind: string; readonly name: string };
  /** When another try may help. */
  readonly retryAfterSeconds?: number;
}

/** A request that the gateway's rules refuse; each door says so in its own words. */
export class RefusedRequest extends Error {
  readonly retryable = false;

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }

  static notFound(kind: string, name: string): RefusedRequest {
    const resource = { kind, name };
    return new RefusedRequest('not-found', `${kind} ${name} does not exist`, { resource });
  }
}
