import { describe, expect, it } from '@jest/globals';
import { parseOptions, UsageError, type MutateOptions, type Options } from './options.js';

const namesOf = (args: string[]) =>
  (parseOptions(args) as Options).scenarios.map(({ name }) => name);

describe('the command line', () => {
  it('runs all scenarios once, with a seed of its own', () => {
    const { scenarios, rounds, seed } = parseOptions([]) as Options;
    expect({ rounds, all: scenarios.length > 2 }).toEqual({ rounds: 1, all: true });
    expect(Number.isInteger(seed)).toBe(true);
  });

  it('takes the scenarios, rounds and the seed that are asked for', () => {
    const args = ['--scenario', 'two-builds', '--rounds', '3', '--seed', '42'];
    expect(parseOptions(args)).toMatchObject({ rounds: 3, seed: 42 });
    expect(namesOf(args)).toEqual(['two-builds']);
  });

  it('leaves the long ones out with --quick', () => {
    expect(namesOf(['--quick'])).not.toContain('redis-down-60s');
    expect(namesOf([])).toContain('redis-down-60s');
  });

  it('takes safeguards out, all or those that are named', () => {
    const named = parseOptions(['--mutate', '--safeguard', 'fence-inbox']);
    expect(named).toEqual({ mutations: ['fence-inbox'] });
    const all = parseOptions(['--mutate']) as MutateOptions;
    expect(all.mutations.length).toBeGreaterThan(20);
  });

  it.each([
    [['--mutate', '--safeguard', 'none']],
    [['--scenario', 'none']],
    [['--rounds', '0']],
    [['--seed', 'x']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
  });
});
