import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SealError } from './seal-error.js';

export interface SealingKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

export interface SealingKeys {
  /** Seals. */
  current: SealingKey;
  /** Only open what they sealed before. */
  previous?: readonly SealingKey[];
}

/** Whose secret it is: opening it as another's fails. */
export interface Binding {
  org: string;
  uid: string;
}

export interface Sealed {
  keyId: string;
  /** 12 bytes, never used twice with a key. */
  nonce: Buffer;
  /** With the 16 bytes of the tag at its end. */
  ciphertext: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM, bound to organisation and uid. The key's id is kept beside, so that keys can be changed. */
export class Sealer {
  readonly #current: SealingKey;
  readonly #keys: ReadonlyMap<string, Buffer>;

  constructor({ current, previous = [] }: SealingKeys) {
    const all = [current, ...previous];
    const wrong = all.find(({ key }) => key.length !== KEY_BYTES);
    if (wrong)
      throw new SealError('invalid-key', `sealing key ${wrong.id} is not ${KEY_BYTES} bytes long`);
    if (new Set(all.map(({ id }) => id)).size < all.length) {
      throw new SealError('invalid-key', 'two sealing keys have the same id');
    }
    this.#current = current;
    this.#keys = new Map(all.map(({ id, key }) => [id, key]));
  }

  seal(binding: Binding, plaintext: Buffer): Sealed {
    const { id: keyId, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(context(binding, keyId));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return { keyId, nonce, ciphertext: Buffer.concat([body, cipher.getAuthTag()]) };
  }

  /** @throws SealError */
  open(binding: Binding, { keyId, nonce, ciphertext }: Sealed): Buffer {
    const key = this.#keys.get(keyId);
    if (!key) throw new SealError('unknown-key', `sealing key ${keyId} is not in the settings`);
    try {
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(context(binding, keyId));
      decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new SealError('not-authentic', 'the sealed value belongs to another or was changed');
    }
  }
}

/** What is authenticated beside the plaintext. As JSON, so that no two bindings look the same. */
function context({ org, uid }: Binding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['skein.sealed.v1', org, uid, keyId]));
}
