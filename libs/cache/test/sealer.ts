import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Binding, ValueSealer } from '../src/value-codec.js';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const contextOf = ({ org, uid }: Binding) => Buffer.from(`${org} ${uid}`);

/** 32 bytes of its own. */
export const newKey = () => randomBytes(32);

function open(key: Buffer, binding: Binding, sealed: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes))
      .setAAD(contextOf(binding))
      .setAuthTag(sealed.subarray(-tagBytes));
    const body = sealed.subarray(nonceBytes, -tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Seals with the first of the keys, and opens what any of them sealed. */
export function sealerWith(...keys: readonly [Buffer, ...Buffer[]]): ValueSealer {
  return {
    seal(binding, plaintext) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, keys[0], nonce).setAAD(contextOf(binding));
      const body = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat([nonce, ...body]);
    },
    open(binding, sealed) {
      for (const key of keys) {
        const opened = open(key, binding, sealed);
        if (opened) return opened;
      }
      throw new Error('none of the keys opens it');
    },
  };
}
