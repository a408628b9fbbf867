import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../stage/build.js';
import { mutations } from './mutations.js';
import { doubt } from './mutate.js';
import { mutated, MutationDoesNotFit, type Mutation } from './mutation.js';

describe('a mutation', () => {
  it.each(mutations)('fits the sources: $name', (mutation) => {
    const text = readFileSync(join(root, mutation.file), 'utf8');
    expect(mutated(text, mutation)).not.toBe(text);
  });

  it('that fits nowhere, or twice, is an error that shows what it looked for', () => {
    const edits = [{ find: 'guard', replace: '$&' }];
    const mutation = { ...mutations[0]!, edits } satisfies Mutation;
    expect(mutated('a guard.', mutation)).toBe('a $&.');
    expect(() => mutated('none', mutation)).toThrow(MutationDoesNotFit);
    expect(() => mutated('guard guard', mutation)).toThrow(/2 times, not once:\nguard/);
  });

  it('has a name of its own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});

describe('what a run proves', () => {
  const passing = { passed: 3, failed: 0, broken: 0 };

  it('is that a test failed which passes with the safeguard', () => {
    expect(doubt(passing, { passed: 2, failed: 1, broken: 0 })).toBeUndefined();
  });

  it('is nothing without that', () => {
    expect(doubt(passing, passing)).toBe('no test noticed');
    expect(doubt(passing, { passed: 0, failed: 0, broken: 1 })).toMatch('do not run');
    expect(doubt({ ...passing, failed: 1 }, { ...passing, failed: 1 })).toMatch('too');
    expect(doubt({ ...passing, passed: 0 }, passing)).toBe('it has no tests');
  });
});
