import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sealer } from './sealer.js';

const [one, two] = ['one', 'two'].map((id) => ({ id, key: randomBytes(32) }));
const binding = { org: 'org', uid: 'uid' };
const secret = Buffer.from('the password');
const notAuthentic = expect.objectContaining({ code: 'not-authentic', retryable: false });

describe('sealing', () => {
  const sealer = new Sealer({ current: one! });

  it('is undone by the same binding only', () => {
    const sealed = sealer.seal(binding, secret);
    expect(sealer.open(binding, sealed)).toEqual(secret);
    expect(sealed.ciphertext.includes(secret)).toBe(false);
    for (const wrong of [
      { org: 'other', uid: 'uid' },
      { org: 'org', uid: 'other' },
      { org: 'or', uid: 'guid' },
    ]) {
      expect(() => sealer.open(wrong, sealed)).toThrow(notAuthentic);
    }
  });

  it('gives other bytes each time, also for nothing', () => {
    const [first, second] = [
      sealer.seal(binding, Buffer.alloc(0)),
      sealer.seal(binding, Buffer.alloc(0)),
    ];
    expect(first.nonce).not.toEqual(second.nonce);
    expect(first.ciphertext).not.toEqual(second.ciphertext);
    expect(sealer.open(binding, first)).toEqual(Buffer.alloc(0));
  });

  it('sees every changed byte, and a cut', () => {
    const sealed = sealer.seal(binding, secret);
    for (let at = 0; at < sealed.ciphertext.length; at += 1) {
      const ciphertext = Buffer.from(sealed.ciphertext);
      ciphertext[at]! ^= 1;
      expect(() => sealer.open(binding, { ...sealed, ciphertext })).toThrow(notAuthentic);
    }
    for (const length of [0, 5, 16, sealed.ciphertext.length - 1]) {
      const ciphertext = sealed.ciphertext.subarray(0, length);
      expect(() => sealer.open(binding, { ...sealed, ciphertext })).toThrow(notAuthentic);
    }
    const nonce = Buffer.alloc(12);
    expect(() => sealer.open(binding, { ...sealed, nonce })).toThrow(notAuthentic);
  });

  it('survives a change of keys until the old one is taken away', () => {
    const sealed = sealer.seal(binding, secret);
    const rotated = new Sealer({ current: two!, previous: [one!] });
    expect(rotated.open(binding, sealed)).toEqual(secret);
    expect(rotated.seal(binding, secret).keyId).toBe('two');
    const later = new Sealer({ current: two! });
    expect(() => later.open(binding, sealed)).toThrow(
      expect.objectContaining({ code: 'unknown-key' }),
    );
    const impostor = new Sealer({ current: { id: 'one', key: two!.key } });
    expect(() => impostor.open(binding, sealed)).toThrow(notAuthentic);
    expect(() => rotated.open(binding, { ...sealed, keyId: 'two' })).toThrow(notAuthentic);
  });

  it('does not take keys that are none', () => {
    const invalid = expect.objectContaining({ code: 'invalid-key' });
    expect(() => new Sealer({ current: { id: 'short', key: randomBytes(16) } })).toThrow(invalid);
    expect(() => new Sealer({ current: one!, previous: [one!] })).toThrow(invalid);
  });
});
