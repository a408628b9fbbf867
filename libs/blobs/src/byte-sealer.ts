import { SealError } from './seal-error.js';
import type { Binding, Sealer } from './sealer.js';

const NONCE_BYTES = 12;
const LONGEST_ID = 255;

/** Sealed values as one run of bytes: the length of the key's id, the id, the nonce, the ciphertext. */
export class ByteSealer {
  constructor(private readonly sealer: Sealer) {}

  seal(binding: Binding, plaintext: Buffer): Buffer {
    const { keyId, nonce, ciphertext } = this.sealer.seal(binding, plaintext);
    const id = Buffer.from(keyId);
    if (id.length > LONGEST_ID) throw new SealError('invalid-key', 'the id of the key is too long');
    return Buffer.concat([Buffer.of(id.length), id, nonce, ciphertext]);
  }

  /** @throws SealError */
  open(binding: Binding, sealed: Buffer): Buffer {
    const nonceAt = 1 + (sealed[0] ?? 0);
    const ciphertextAt = nonceAt + NONCE_BYTES;
    return this.sealer.open(binding, {
      keyId: sealed.toString('utf8', 1, nonceAt),
      nonce: sealed.subarray(nonceAt, ciphertextAt),
      ciphertext: sealed.subarray(ciphertextAt),
    });
  }
}
