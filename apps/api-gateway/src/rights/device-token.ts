import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'skd_';
const SECRET_BYTES = 32;
const TOKEN = /^skd_[\w-]{64}$/;
const UUID_PARTS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

export interface DeviceTokenKey {
  readonly org: string;
  /** SHA-256 of the token. */
  readonly digest: Buffer;
}

function keyOf(org: string, token: string): DeviceTokenKey {
  return { org, digest: createHash('sha256').update(token).digest() };
}

/** A new token; it says which organisation it is for, so that it is looked for there only. */
export function newDeviceToken(org: string): DeviceTokenKey & { readonly token: string } {
  const bytes = Buffer.concat([
    Buffer.from(org.replaceAll('-', ''), 'hex'),
    randomBytes(SECRET_BYTES),
  ]);
  const token = PREFIX + bytes.toString('base64url');
  return { token, ...keyOf(org, token) };
}

/** Where a text would be found if it is a token of a device; undefined for other texts. */
export function readDeviceToken(text: string): DeviceTokenKey | undefined {
  if (!TOKEN.test(text)) return undefined;
  const org = Buffer.from(text.slice(PREFIX.length), 'base64url').subarray(0, 16).toString('hex');
  return keyOf(org.replace(UUID_PARTS, '$1-$2-$3-$4-$5'), text);
}
