import { describe, expect, it } from '@jest/globals';
import { PublishTally } from './tally.js';

const events = (...numbers: number[]) => numbers.map((sequence) => ({ sequence }));

describe('the tally of a stream', () => {
  it('tells what enters for the first time from what enters again', () => {
    const tally = new PublishTally();
    tally.add(events(1, 4));
    tally.add(events(1, 4, 9));
    expect(tally.now).toEqual({ published: 3, restored: 2, publishedTo: 9 });
  });

  it('goes on from what was written down', () => {
    const tally = new PublishTally();
    tally.resume({ published: 10, restored: 1, publishedTo: 20 });
    tally.add(events(19, 21));
    expect(tally.now).toEqual({ published: 11, restored: 2, publishedTo: 21 });
  });

  it('counts new events under old numbers as new, once the log was set back', () => {
    const tally = new PublishTally();
    tally.add(events(1, 2, 3));
    tally.endOfLog(5);
    tally.endOfLog(1);
    tally.add(events(2));
    expect(tally.now).toEqual({ published: 4, restored: 0, publishedTo: 2 });
  });
});
