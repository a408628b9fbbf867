import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { GatewayConfig } from '../../gateway.config.js';
import { Positions } from './positions.js';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const [now, before] = [keyOf('now'), keyOf('before')];
const positionsOf = (sealingKeys: object) => new Positions({ sealingKeys } as GatewayConfig);
const positions = positionsOf({ current: now, previous: [] });

const org = fc.uuid();
const mark = fc.record({
  number: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  id: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((id) => Buffer.from(id).toString('hex')),
});

describe('a position', () => {
  it('is what it was made of, and always written the same', () => {
    fc.assert(
      fc.property(org, mark, (of, place) => {
        const token = positions.tokenOf(of, place);
        expect(positions.markOf(of, token)).toEqual(place);
        expect(positions.tokenOf(of, place)).toBe(token);
      }),
    );
  });

  it('is none in another organisation, nor when a bit of it is another one', () => {
    fc.assert(
      fc.property(org, org, mark, fc.nat(127), (of, other, place, bit) => {
        fc.pre(of !== other);
        const token = positions.tokenOf(of, place);
        expect(() => positions.markOf(other, token)).toThrow('is not a position');
        const bytes = Buffer.from(token, 'base64url');
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const changed = bytes.toString('base64url');
        expect(() => positions.markOf(of, changed)).toThrow('is not a position');
      }),
    );
  });

  it('of the next number looks like any other', () => {
    const tokens = [7, 8].map((number) => positions.tokenOf('org', { number, id: 'ab'.repeat(6) }));
    expect(tokens[0]!.slice(0, 4)).not.toBe(tokens[1]!.slice(0, 4));
  });

  it('outlives a change of the key that seals', () => {
    const old = positionsOf({ current: before, previous: [] });
    const both = positionsOf({ current: now, previous: [before] });
    const place = { number: 3, id: '0123456789ab' };
    expect(both.markOf('org', old.tokenOf('org', place))).toEqual(place);
    expect(both.tokenOf('org', place)).toBe(positions.tokenOf('org', place));
  });
});
