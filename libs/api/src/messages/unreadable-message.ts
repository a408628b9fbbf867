/** A message that stands for no document; it says where. */
export class UnreadableMessage extends Error {
  readonly code = 'unreadable-message';
  readonly retryable = false;
}
