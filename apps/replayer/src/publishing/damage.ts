import type { Inspection } from './stream.js';

/** What the log says about a stream; read after the stream was. */
export interface Expected {
  /** May be above the stream's last id: what came between is for other services. */
  readonly checkpoint: number;
  /** The last number given. */
  readonly lastNumber: number;
  /** The next heard event after the checkpoint. */
  readonly next: number | undefined;
  /** The id that the log has for the number of the stream's newest entry. */
  readonly newestEventId: string | undefined;
}

type Check = readonly [damage: string, found: (stream: Inspection, expected: Expected) => boolean];

const checks: readonly Check[] = [
  ['its group is gone', ({ groupExists }) => !groupExists],
  ['it is ahead of the log', ({ last }, { lastNumber }) => last > lastNumber],
  [
    'its last entry is not the one in the log',
    ({ newest }, { newestEventId }) => newest !== undefined && newest.eventId !== newestEventId,
  ],
  [
    'entries are missing at its start',
    ({ first, last }, { next }) =>
      next !== undefined && next <= last && (first === undefined || first > next),
  ],
];

/** Why a stream cannot be gone on with and is rebuilt from its checkpoint; undefined when it is sound. */
export function damageOf(stream: Inspection, expected: Expected): string | undefined {
  return checks.find(([, found]) => found(stream, expected))?.[0];
}
