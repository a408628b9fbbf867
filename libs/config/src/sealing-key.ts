import { createHash } from 'node:crypto';

/** 32 bytes in base64. */
export const SEALING_KEY_PATTERN = /^[A-Za-z0-9+/]{43}=$/;

/** The key that seals credentials, with an id that tells it from others and nothing of the key. */
export function sealingKeyOf(text: string): { id: string; key: Buffer } {
  const key = Buffer.from(text, 'base64');
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 16), key };
}
