import { describe, expect, it } from '@jest/globals';
import { damageOf, type Expected } from './damage.js';
import type { Inspection } from './stream.js';

/** Checkpoint 4; heard are 6, 8 and 9; the stream has them all. */
const sound: Inspection = {
  groupExists: true,
  last: 9,
  first: 6,
  newest: { sequence: 9, eventId: 'nine' },
  length: 3,
};
const expected: Expected = { checkpoint: 4, lastNumber: 12, next: 6, newestEventId: 'nine' };

type Case = readonly [name: string, stream: Partial<Inspection>, expected: Partial<Expected>];
const none = { first: undefined, newest: undefined, length: 0 };

const damaged: readonly (readonly [...Case, damage: string])[] = [
  ['its group was destroyed', { groupExists: false }, {}, 'its group is gone'],
  ['the log was restored to an earlier point', {}, { lastNumber: 8 }, 'it is ahead of the log'],
  [
    'its last entry is of another history',
    {},
    { newestEventId: 'other' },
    'its last entry is not the one in the log',
  ],
  [
    'its last entry is not in the log',
    {},
    { newestEventId: undefined },
    'its last entry is not the one in the log',
  ],
  ['it was trimmed by hand', { first: 8 }, {}, 'entries are missing at its start'],
  ['it was emptied by hand', none, {}, 'entries are missing at its start'],
];

const fine: readonly Case[] = [
  ['all is there', {}, {}],
  ['its last entry is the last of the log', {}, { lastNumber: 9 }],
  ['everything was handled and trimmed', none, { checkpoint: 9, next: undefined }],
  ['everything was handled, and more waits to be published', none, { checkpoint: 9, next: 11 }],
  ['it has entries that the checkpoint passed after it was read', { first: 2 }, {}],
  ['what came up to the checkpoint was for others', { last: 3, ...none }, {}],
  ['it was just set up at its checkpoint', { last: 4, ...none }, { newestEventId: undefined }],
  [
    'nothing was ever published',
    { last: 0, ...none },
    { checkpoint: 0, lastNumber: 0, next: undefined },
  ],
];

describe('the damage of a stream', () => {
  it.each(damaged)('is found when %s', (_name, stream, log, damage) => {
    expect(damageOf({ ...sound, ...stream }, { ...expected, ...log })).toBe(damage);
  });

  it.each(fine)('is none when %s', (_name, stream, log) => {
    expect(damageOf({ ...sound, ...stream }, { ...expected, ...log })).toBeUndefined();
  });
});
