import { describe, expect, it } from '@jest/globals';
import { listOf, parseOptions, UsageError } from './options.js';

const scenarios = [
  { name: 'stream', summary: 'how fast', runs: 3, parts: ['one', 'two'] },
  { name: 'log', summary: 'how large', runs: 5, parts: ['three'], events: 9_000 },
  { name: 'fleet', summary: 'how soon', runs: 1, parts: ['four'], devices: 5_000 },
];
const parse = (...args: string[]) => parseOptions(args, scenarios);

describe('the command line', () => {
  it('names a scenario, which has its own number of runs', () => {
    const stream = { scenario: 'stream', runs: 3, parts: ['one', 'two'], distinct: false };
    expect(parse('stream')).toEqual(stream);
    expect(parse('log')).toEqual({
      ...{ scenario: 'log', runs: 5, parts: ['three'] },
      ...{ events: 9_000, distinct: false },
    });
  });

  it('may say how many runs', () => {
    expect(parse('stream', '--runs', '7')).toMatchObject({ scenario: 'stream', runs: 7 });
  });

  it('may leave out parts', () => {
    expect(parse('stream', '--only', 'two')).toMatchObject({ parts: ['two'] });
    expect(parse('stream', '--only', 'two,one')).toMatchObject({ parts: ['two', 'one'] });
  });

  it('may say how many events are in the log, where that matters', () => {
    expect(parse('log', '--events', '20000')).toMatchObject({ events: 20_000 });
  });

  it('may say how many devices there are, and that their documents are different', () => {
    expect(parse('fleet')).toMatchObject({ devices: 5_000, distinct: false });
    const distinct = parse('fleet', '--devices', '200', '--distinct');
    expect(distinct).toMatchObject({ devices: 200, distinct: true });
  });

  it('asks for the list or for help', () => {
    expect(parse('--list')).toEqual({ show: 'list' });
    expect(parse('stream', '--help')).toEqual({ show: 'help' });
  });

  it.each([
    [[], /which scenario/],
    [['strem'], /no scenario "strem"/],
    [['stream', 'log'], /one scenario at a time/],
    [['stream', '--fast'], /--fast/],
    [['stream', '--runs', '0'], /1 to 50/],
    [['stream', '--runs', '51'], /1 to 50/],
    [['stream', '--runs', '2.5'], /1 to 50/],
    [['stream', '--only', 'one,three'], /takes one, two, not three/],
    [['stream', '--only', ''], /takes one, two/],
    [['stream', '--events', '20000'], /stream does not take --events/],
    [['log', '--events', '999'], /1000 to/],
    [['log', '--events', '2e4'], /1000 to/],
    [['log', '--devices', '200'], /log does not take --devices/],
    [['log', '--distinct'], /log does not take --distinct/],
    [['fleet', '--devices', '99'], /100 to/],
    [['fleet', '--devices', '1000001'], /to 1000000/],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  it('lists the scenarios in columns', () => {
    expect(listOf(scenarios)).toBe(
      [
        'stream  how fast',
        '        parts: one, two',
        'log     how large',
        '        parts: three; events: 9000',
        'fleet   how soon',
        '        parts: four; devices: 5000',
        '',
      ].join('\n'),
    );
  });
});
