import { createHash } from 'node:crypto';

/** The token of a device of the bench, as the gateway makes them: any process can tell it. */
export function tokenOf(org: string, seed: string, device: number): string {
  const secret = createHash('sha256').update(`${seed}/${device}`).digest();
  const bytes = Buffer.concat([Buffer.from(org.replaceAll('-', ''), 'hex'), secret]);
  return `skd_${bytes.toString('base64url')}`;
}

/** What the gateway knows of a token. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export const nameOf = (device: number): string => `device-${device}`;
