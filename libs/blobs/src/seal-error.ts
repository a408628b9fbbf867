/**
 * unknown-key: sealed with a key that the settings do not hold · not-authentic: another binding, another key of the
 * same id, or tampered with (which of them cannot be told) · invalid-key: a key that is not 32 bytes · not-found: there
 * is no such value.
 */
export type SealErrorCode = 'unknown-key' | 'not-authentic' | 'invalid-key' | 'not-found';

/** Never helped by a retry, and never holds a key or a plaintext. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly retryable = false;

  constructor(
    readonly code: SealErrorCode,
    message: string,
  ) {
    super(message);
  }
}
