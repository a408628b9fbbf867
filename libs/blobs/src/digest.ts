import { createHash, createHmac } from 'node:crypto';

/** Bytes under the name that they are stored by. */
export interface Content {
  readonly digest: string;
  readonly bytes: Buffer;
}

const KEYED = 'hmac-sha256:';

/** The name of a content: `sha256:<hex>`. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * The name of a content that is secret: `hmac-sha256:<hex>`. Whoever does not have the organisation's key
 * cannot try out what the content may be.
 */
export function keyedDigestOf(key: Buffer, content: Buffer): string {
  return `${KEYED}${createHmac('sha256', key).update(content).digest('hex')}`;
}

/** Whether the content of this name is secret, and so is sealed. */
export function isKeyed(digest: string): boolean {
  return digest.startsWith(KEYED);
}
