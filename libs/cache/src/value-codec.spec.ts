import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newKey, sealerWith } from '../test/sealer.js';
import { UnreadableValue, ValueCodec } from './value-codec.js';

const older = newKey();
const newer = newKey();
const binding = { org: 'o', uid: 'key' };
const limits = { compressAbove: 100, maximumBytes: 1_000 };

const codecWith = (...keys: Parameters<typeof sealerWith>) =>
  new ValueCodec({ ...limits, sealer: sealerWith(...keys) });
const codec = codecWith(older);

describe('values in the cache', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a short value', Buffer.from('short')],
    ['any bytes', randomBytes(99)],
    ['a long value', Buffer.alloc(50_000, 'abc')],
  ])('are read as they were: %s', async (_what, value) => {
    for (const secret of [false, true]) {
      const encoded = await codec.encode(value, binding, secret);
      expect(await codec.decode(encoded!, binding, secret)).toEqual(value);
    }
  });

  it('are compressed when they are long', async () => {
    const encoded = await codec.encode(Buffer.alloc(50_000, 'abc'), binding, false);
    expect(encoded!.length).toBeLessThan(1_000);
  });

  it('are not kept when they are too large', async () => {
    expect(await codec.encode(randomBytes(2_000), binding, false)).toBeUndefined();
  });

  it('show nothing of a secret', async () => {
    const encoded = await codec.encode(Buffer.from('the secret'), binding, true);
    expect(encoded!.includes('secret')).toBe(false);
  });

  it('are read after the key was changed, as long as the former key is known', async () => {
    const value = Buffer.from('the secret');
    const encoded = await codec.encode(value, binding, true);
    const rotated = codecWith(newer, older);
    expect(await rotated.decode(encoded!, binding, true)).toEqual(value);
    const forgetful = codecWith(newer);
    await expect(forgetful.decode(encoded!, binding, true)).rejects.toThrow(UnreadableValue);
  });

  it('are believed only where they belong', async () => {
    const encoded = await codec.encode(Buffer.from('the secret'), binding, true);
    for (const other of [
      { ...binding, org: 'p' },
      { ...binding, uid: 'other' },
    ]) {
      await expect(codec.decode(encoded!, other, true)).rejects.toThrow(UnreadableValue);
    }
  });

  it('that are no secret are not taken for one, nor the other way', async () => {
    const plain = await codec.encode(Buffer.from('planted'), binding, false);
    await expect(codec.decode(plain!, binding, true)).rejects.toThrow(UnreadableValue);
    const secret = await codec.encode(Buffer.from('the secret'), binding, true);
    await expect(codec.decode(secret!, binding, false)).rejects.toThrow(UnreadableValue);
  });

  it.each(['', '\u0001not compressed', '\u0002', '\u0002\u00ffshort', '\u0003', '\u0007what'])(
    'are refused when they are none: %j',
    async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      const secret = (bytes[0] ?? 0) > 1;
      await expect(codec.decode(bytes, binding, secret)).rejects.toThrow(UnreadableValue);
    },
  );

  it('that claim to be endless are refused', async () => {
    const bomb = new ValueCodec({
      ...{ compressAbove: 0, maximumBytes: 1e6 },
      sealer: sealerWith(older),
    });
    const encoded = await bomb.encode(Buffer.alloc(65 * 1024 * 1024), binding, false);
    await expect(codec.decode(encoded!, binding, false)).rejects.toThrow(UnreadableValue);
  });
});
