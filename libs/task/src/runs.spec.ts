import { describe, expect, it } from '@jest/globals';
import { deviceDeleted, deviceLabelsUpdated, devicesMatched, type Delivered } from '@skein/events';
import * as fc from 'fast-check';
import { delivered } from '../test/unit-scene.js';
import { runsOf } from './runs.js';

const definitions = {
  labels: deviceLabelsUpdated,
  deleted: deviceDeleted,
  matched: devicesMatched,
};
type Type = keyof typeof definitions;

/** An event about a thing; `matched` is about a fleet, as its data say, and devices, as its members. */
function event(number: number, type: Type, things: readonly string[]): Delivered {
  const made = delivered(number, { definition: definitions[type] as never, subject: things[0]! });
  if (type !== 'matched') return made;
  const [fleet, ...devices] = things;
  const data = { fleet, members: devices.map((device) => ({ device })) };
  return { ...made, event: { ...made.event, subject: 'organisation', data } };
}
const said = (text: string) =>
  text.split(' ').map((one, at) => {
    const [type, things = ''] = one.split(':');
    return event(at + 1, type as Type, things.split(','));
  });
const numbers = (runs: readonly (readonly Delivered[])[]) =>
  runs.map((run) => run.map(({ sequence }) => sequence));
const thingsOf = ({ event: { subject, data } }: Delivered): string[] => {
  const { fleet = subject, members = [] } = data as {
    fleet?: string;
    members?: { device: string }[];
  };
  return [subject, fleet, ...members.map(({ device }) => device)];
};

describe('a batch', () => {
  it.each([
    ['of one type is one run', 'labels:a labels:b labels:a', [[1, 2, 3]]],
    [
      'of many things has a run for each type',
      'labels:a deleted:b labels:c deleted:d',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['keeps what is said about one thing in order', 'labels:a deleted:a labels:a', [[1], [2], [3]]],
    [
      'keeps what data and members name in order',
      'labels:a matched:f,b,c labels:b labels:d',
      [[1, 4], [2], [3]],
    ],
    ['with nothing has no run', '', []],
  ])('%s', (_what, text, runs) => {
    expect(numbers(runsOf(text === '' ? [] : said(text)))).toEqual(runs);
  });

  it('has each event once, in runs of one type, and each thing in order', () => {
    const types = fc.constantFrom<Type>('labels', 'deleted', 'matched');
    const things = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), {
      minLength: 1,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(types, things), { maxLength: 40 }), (all) => {
        const events = all.map(([type, about], at) => event(at + 1, type, about));
        const runs = runsOf(events);
        const flat = runs.flat();
        expect(flat.toSorted((one, other) => one.sequence - other.sequence)).toEqual(events);
        for (const run of runs) expect(new Set(run.map((one) => one.event.type)).size).toBe(1);
        for (const thing of new Set(events.flatMap(thingsOf))) {
          const about = flat.filter((one) => thingsOf(one).includes(thing));
          const order = about.map(({ sequence }) => sequence);
          expect(order).toEqual(order.toSorted((one, other) => one - other));
        }
      }),
    );
  });
});
