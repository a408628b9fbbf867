import { describe, expect, it } from '@jest/globals';
import { decideCheck, type Outcome, type SeenReference } from './check.js';

const fine = { accessible: true, reason: 'Accessible', message: 'The repository can be read.' };
const seen = (revision: string | null, failure: string | null = null): SeenReference => {
  return { reference: 'git main', revision, validators: null, failure };
};
const at = (revision: string, validators: string | null = null): Outcome => {
  return { revision, validators };
};
const broken = (code: string, retryable: boolean): Outcome => ({ code, retryable, message: 'm' });
const decide = (before: SeenReference, outcome: Outcome) =>
  decideCheck(fine, [before], { access: at(''), found: [{ reference: 'git main', outcome }] });
const nothing = { seen: [], changes: [], woken: [] };

describe('a check', () => {
  it('says nothing when nothing changed', () => {
    expect(decide(seen('a'), at('a'))).toEqual(nothing);
  });

  it('says what changed, and wakes its users', () => {
    expect(decide(seen('a'), at('b'))).toEqual({
      seen: [seen('b')],
      changes: [{ reference: 'git main', revision: 'b' }],
      woken: ['git main'],
    });
  });

  it('wakes at first sight, when nothing is known to have changed', () => {
    expect(decide(seen(null), at('a'))).toEqual({
      seen: [seen('a')],
      changes: [],
      woken: ['git main'],
    });
  });

  it('keeps new validators without a word', () => {
    const kept = { ...seen('a'), validators: 'v' };
    expect(decide(seen('a'), at('a', 'v'))).toEqual({ ...nothing, seen: [kept] });
  });

  it('keeps that something is not there, and wakes when it is back', () => {
    const gone = seen('a', 'not-found');
    expect(decide(seen('a'), broken('not-found', false))).toEqual({ ...nothing, seen: [gone] });
    expect(decide(gone, broken('not-found', false))).toEqual(nothing);
    const back = { seen: [seen('a')], changes: [], woken: ['git main'] };
    expect(decide(gone, at('a'))).toEqual(back);
  });

  it('learns nothing from who does not answer now', () => {
    expect(decide(seen('a'), broken('timed-out', true))).toEqual(nothing);
    expect(decide(seen(null), broken('timed-out', true))).toEqual(nothing);
  });

  it('knows nothing of references that nobody has any more', () => {
    const found = [{ reference: 'git old', outcome: at('a') }];
    expect(decideCheck(fine, [seen('a')], { access: at(''), found })).toEqual(nothing);
  });

  it.each([
    ['never checked', null],
    ['inaccessible', { accessible: false, reason: 'Denied', message: 'm' }],
  ])('tells that a repository which was %s is accessible', (_before, last) => {
    expect(decideCheck(last, [], { access: at(''), found: [] })).toEqual({
      ...nothing,
      access: fine,
    });
  });

  it('tells why a repository is not accessible, once', () => {
    const access = broken('not-found', false);
    const told = { accessible: false, reason: 'NotFound', message: 'm' };
    expect(decideCheck(fine, [], { access, found: [] })).toEqual({ ...nothing, access: told });
    expect(decideCheck(told, [], { access, found: [] })).toEqual(nothing);
    const denied = decideCheck(told, [], { access: broken('denied', false), found: [] });
    expect(denied.access?.reason).toBe('Denied');
  });
});
