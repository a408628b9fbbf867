import { describe, expect, it } from '@jest/globals';
import type { DeviceSpec } from '@skein/domain-resource';
import type { Attempt, FleetState } from './decide-validation.js';
import { decideValidation } from './decide-validation.js';
import { contentDigest } from './template-version.js';

const spec: DeviceSpec = { os: { image: 'os:1' } };
const nothing: Attempt = { frozen: {}, problems: [], waiting: [] };
const valid = { generation: 2, valid: true, reason: 'Valid', message: 'The template is valid.' };
const state = (changes: Partial<FleetState> = {}): FleetState => ({
  generation: 2,
  spec,
  last: null,
  latestDigest: null,
  names: new Set(),
  ...changes,
});
const frozen = (digest: string, revision = 'one') => ({ config: { revision, digest, size: 1 } });

describe('deciding a validation', () => {
  it('makes a template version of a valid template', () => {
    const attempt = { ...nothing, frozen: frozen('sha256:aa') };
    expect(decideValidation(state(), [], attempt)).toEqual({
      result: valid,
      changed: true,
      version: {
        name: 'v2',
        contentDigest: contentDigest(spec, attempt.frozen),
        frozen: attempt.frozen,
      },
    });
  });

  it('makes none when the content is that of the latest, also with another commit', () => {
    const latestDigest = contentDigest(spec, frozen('sha256:aa'));
    const attempt = { ...nothing, frozen: frozen('sha256:aa', 'two') };
    const known = state({ latestDigest, last: valid, names: new Set(['v2']) });
    expect(decideValidation(known, [], attempt)).toEqual({
      result: valid,
      changed: false,
      version: null,
    });
  });

  it('tells versions of one generation apart by their content, and by a count when it comes back', () => {
    const attempt = { ...nothing, frozen: frozen('sha256:bb') };
    const digits = contentDigest(spec, attempt.frozen).slice(7, 15);
    const nameWith = (...names: string[]) =>
      decideValidation(state({ names: new Set(names) }), [], attempt).version?.name;
    expect(nameWith('v1')).toBe('v2');
    expect(nameWith('v2')).toBe(`v2-${digits}`);
    expect(nameWith('v2', `v2-${digits}`)).toBe(`v2-${digits}-2`);
  });

  it('names every broken item, whether written or found wrong outside', () => {
    const attempt = {
      frozen: {},
      problems: [{ item: 'motd', message: 'no such path' }],
      waiting: [{ item: 'feed', message: 'unreachable' }],
    };
    const verdict = decideValidation(state(), [{ item: 'os', message: 'bad syntax' }], attempt);
    expect(verdict.result).toEqual({
      generation: 2,
      valid: false,
      reason: 'Invalid',
      message: 'os: bad syntax; motd: no such path',
    });
    expect(verdict.version).toBeNull();
  });

  it('waits for the outside, and says so once', () => {
    const attempt = { ...nothing, waiting: [{ item: 'feed', message: 'unreachable' }] };
    const first = decideValidation(state({ last: valid }), [], attempt);
    expect(first).toMatchObject({ changed: true, version: null, result: { reason: 'Waiting' } });
    expect(decideValidation(state({ last: first.result }), [], attempt).changed).toBe(false);
  });

  it('keeps what it waits for in earnest while it only waits for others', () => {
    const others = [{ item: 'feed', message: 'others' }];
    const busy = { ...nothing, waiting: others, busy: true };
    const first = decideValidation(state({ last: valid }), [], busy);
    expect(first.result).toMatchObject({ reason: 'Waiting', message: 'feed: others' });
    const last = { ...first.result, message: 'feed: unreachable' };
    expect(decideValidation(state({ last }), [], busy)).toMatchObject({
      changed: false,
      result: last,
    });
    const older = { ...last, generation: last.generation - 1 };
    expect(decideValidation(state({ last: older }), [], busy).result).toEqual(first.result);
  });

  it('refuses a template that no event could carry, and keeps long messages short', () => {
    const large = { os: { image: 'x'.repeat(64 * 1024) } };
    expect(decideValidation(state({ spec: large }), [], nothing).result.message).toContain('bytes');
    const problems = Array.from({ length: 200 }, (_, index) => ({
      item: `item ${index}`,
      message: 'x'.repeat(100),
    }));
    expect(decideValidation(state(), problems, nothing).result.message.length).toBeLessThan(5_000);
  });
});
