import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Binding, SealedValue, ValueSealer } from '../src/value-codec.js';

export interface Key {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const algorithm = 'aes-256-gcm';
const tagBytes = 16;
const contextOf = ({ org, uid }: Binding) => Buffer.from(`${org} ${uid}`);

/** A key of its own. */
export function newKey(id: string): Key {
  return { id, key: randomBytes(32) };
}

/** Seals with the first of the keys, and opens what any of them sealed. */
export function sealerWith(...keys: readonly [Key, ...Key[]]): ValueSealer {
  return {
    seal(binding, plaintext): SealedValue {
      const [{ id: keyId, key }] = keys;
      const nonce = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(contextOf(binding));
      const body = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
      return { keyId, nonce, ciphertext: Buffer.concat(body) };
    },
    open(binding, { keyId, nonce, ciphertext }) {
      const { key } = keys.find(({ id }) => id === keyId)!;
      const decipher = createDecipheriv(algorithm, key, nonce)
        .setAAD(contextOf(binding))
        .setAuthTag(ciphertext.subarray(-tagBytes));
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -tagBytes)), decipher.final()]);
    },
  };
}
