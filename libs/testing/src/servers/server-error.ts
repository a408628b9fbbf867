/** A server could not be provided or started; the message says what to do about it. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  /**
   * @param code POSTGRES_START_FAILED, REDIS_START_FAILED, REDIS_MISSING or DIRECTORY_IN_USE
   * @param retryable whether the same call can succeed later without a change to the machine
   */
  constructor(
    readonly code: string,
    message: string,
    readonly retryable = false,
  ) {
    super(message);
  }
}
