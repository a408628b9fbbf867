import { randomFillSync } from 'node:crypto';

const bytes = Buffer.alloc(16);

/** A new UUIDv7 (RFC 9562 §5.7): its first 48 bits are the time in milliseconds. */
export function newUid(now: number = Date.now()): string {
  randomFillSync(bytes);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** The organisation that everything belongs to until organisations are made. */
export const DEFAULT_ORGANISATION = '00000000-0000-0000-0000-000000000000';
