import { randomUUID } from 'node:crypto';

/** A new UUIDv7 (RFC 9562 §5.7): its first 48 bits are the time in milliseconds. */
export function newUid(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // Node draws the randomness of many version 4 identifiers at once; from the variant on, both versions are alike.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** The organisation that everything belongs to until organisations are made. */
export const DEFAULT_ORGANISATION = '00000000-0000-0000-0000-000000000000';
