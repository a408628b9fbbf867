import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

/** Seals values that are secret; what was sealed for another key cannot be opened. */
export interface ValueSealer {
  seal(binding: Binding, plaintext: Buffer): Buffer;
  /** @throws when it was changed, belongs to another, or what sealed it is not known any more */
  open(binding: Binding, sealed: Buffer): Buffer;
}

export interface Binding {
  readonly org: string;
  /** Here the name of the key. */
  readonly uid: string;
}

export interface CodecSettings {
  readonly sealer: ValueSealer;
  /** Values of more bytes are compressed. */
  readonly compressAbove: number;
  /** Values that take more bytes, compressed, are not kept. */
  readonly maximumBytes: number;
}

/** A value cannot be read: it was changed, or its key is not known any more. */
export class UnreadableValue extends Error {}

const COMPRESSED = 1;
const SEALED = 2;
const UNKNOWN = 4;
/** What a value can grow to: a small one that claims to be endless must not take all memory. */
const UNPACKED_BYTES = 64 * 1024 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** How values stand in Redis: one byte that says how, then the bytes; zstd, then AES-256-GCM. */
export class ValueCodec {
  constructor(private readonly settings: CodecSettings) {}

  /** Undefined when it is too large to be kept. */
  async encode(value: Buffer, binding: Binding, secret: boolean): Promise<Buffer | undefined> {
    const isLong = value.length > this.settings.compressAbove;
    const packed = isLong ? await compress(value) : value;
    if (packed.length > this.settings.maximumBytes) return undefined;
    const body = secret ? this.settings.sealer.seal(binding, packed) : packed;
    const how = (isLong ? COMPRESSED : 0) | (secret ? SEALED : 0);
    return Buffer.concat([Buffer.of(how), body]);
  }

  /**
   * @param secret then only what was sealed is believed
   * @throws UnreadableValue
   */
  async decode(bytes: Buffer, binding: Binding, secret: boolean): Promise<Buffer> {
    const how = bytes[0] ?? UNKNOWN;
    if (how >= UNKNOWN || (how & SEALED) !== (secret ? SEALED : 0)) throw new UnreadableValue();
    const body = bytes.subarray(1);
    try {
      const packed = secret ? this.settings.sealer.open(binding, body) : body;
      return how & COMPRESSED
        ? await decompress(packed, { maxOutputLength: UNPACKED_BYTES })
        : packed;
    } catch {
      throw new UnreadableValue();
    }
  }
}
