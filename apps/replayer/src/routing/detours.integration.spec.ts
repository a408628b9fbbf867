import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openLogger } from '@skein/telemetry';
import { openTransaction } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { upTo } from '../../test/publishing-scene.js';
import { Checkpointer } from '../checkpoint/checkpointer.js';
import { Numbering } from '../numbering/numbering.js';
import type { Stream } from '../publishing/stream.js';
import { Detours } from './detours.js';
import { NUMBERS_AHEAD } from './partition-counts.js';

const DETOUR = 1_000;
const logger = openLogger('replayer', 'silent');
const [flooding, other, third] = [newUid(), newUid(), newUid()];
let database: MigratedDatabase;
let log: LogScene;
let numbering: Numbering;
let detours: Detours;
/** The last number in the detour's stream. */
let end: number;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  log = await LogScene.open(database, openTransaction);
});
afterAll(async () => {
  await log?.close();
  await database?.close();
});
beforeEach(async () => {
  await log.empty();
  await log.admin.query(
    'truncate log.checkpoints, log.hearings, log.partition_counts, log.detours, selector.inbox',
  );
  await log.admin.query('select log.register_hearing($1, $2)', ['selector', [deviceDeleted.type]]);
  numbering = new Numbering(log.replayer);
  end = 0;
  detours = new Detours(log.replayer, 'selector', logger, async () => end);
});

async function append(org: string, count: number): Promise<void> {
  await log.commit(...log.events(count).map((event) => ({ ...event, org })));
  await numbering.round();
}
const heardBy = async (partition: number, above = 0): Promise<number[]> => {
  const rows = await log.replayer.query<{ sequence: number }>(
    `select sequence from log.heard('selector', $1, $2, 1000000, null)`,
    [partition, above],
  );
  return rows.map(({ sequence }) => sequence);
};
const checkpoint = (partition: number, number: number) =>
  log.admin.query('update log.checkpoints set number = $2 where partition = $1', [
    partition,
    number,
  ]);
async function reached(partition: number): Promise<number> {
  const [row] = await log.admin.query<{ number: number }>(
    'select number from log.checkpoints where partition = $1',
    [partition],
  );
  return row!.number;
}
const open = () =>
  log.admin.query<{ from: number; to: number | null }>(
    'select from_number as from, to_number as to from log.detours order by 1',
  );

describe('a stream that is full', () => {
  it('sends the organisation that fills it on the detour, from there on, when others wait', async () => {
    await append(flooding, 20);
    await append(other, 1);
    await append(flooding, 5);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 10 });
    expect(await open()).toEqual([{ from: 10, to: null }]);
    expect(await heardBy(0)).toEqual([...upTo(10), 21]);
    expect(await heardBy(DETOUR)).toEqual([...upTo(20, 11), ...upTo(26, 22)]);
  });

  it('sends nobody when all of it is of one organisation', async () => {
    await append(flooding, 20);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 10 });
    expect(await open()).toEqual([]);
  });

  it('begins the detour where its stream ends: nothing could enter it before that', async () => {
    await append(flooding, 20);
    await append(other, 1);
    end = 15;
    await detours.relieve({ partition: 0, checkpoint: 0, from: 10 });
    expect(await open()).toEqual([{ from: 15, to: null }]);
  });

  it('finds others that come later, also when it looked for them before', async () => {
    await append(flooding, 20);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 10 });
    await append(other, 1);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 12 });
    expect(await open()).toEqual([{ from: 12, to: null }]);
  });

  it('sends the next one when it is full again', async () => {
    await append(flooding, 10);
    await append(third, 10);
    await append(other, 1);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 10 });
    await detours.relieve({ partition: 0, checkpoint: 10, from: 15 });
    expect(await heardBy(0)).toEqual([...upTo(15), 21]);
    expect(await heardBy(DETOUR)).toEqual(upTo(20, 16));
  });

  it('leaves everybody in it when nobody has much of it', async () => {
    // So many that two in one slot are not much either.
    await log.commit(...log.events(150).map((event) => ({ ...event, org: newUid() })));
    await append(other, 1);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 150 });
    expect(await open()).toEqual([]);
  });

  it('sends nobody off the detour itself', async () => {
    await append(flooding, 10);
    await append(other, 1);
    await detours.relieve({ partition: 0, checkpoint: 0, from: 5 });
    await append(third, 20);
    await detours.relieve({ partition: DETOUR, checkpoint: 0, from: 7 });
    expect(await open()).toHaveLength(1);
  });
});

describe('the detour', () => {
  beforeEach(async () => {
    await append(flooding, 20);
    await append(other, 1);
    await checkpoint(0, 6);
    await detours.relieve({ partition: 0, checkpoint: 6, from: 10 });
  });

  it('has a checkpoint of its own, which begins where the regular ones are', async () => {
    const found = await log.admin.query(
      'select partition, number from log.checkpoints order by partition',
    );
    expect(found).toEqual([
      { partition: 0, number: 6 },
      { partition: DETOUR, number: 6 },
    ]);
  });

  it('has a checkpoint that stays behind the regular ones, since others may take it from there', async () => {
    const delivered = () => Promise.resolve({ last: 20, pending: undefined });
    const place = { group: 'selector', partition: DETOUR } as const;
    const stream = { ...place, delivered, trim: () => Promise.resolve(0) } as unknown as Stream;
    const checkpointer = new Checkpointer(log.replayer, stream, logger);
    await log.admin.query('insert into selector.inbox select generate_series(11, 20)');
    await checkpointer.step();
    expect(await reached(DETOUR)).toBe(6);
    await checkpoint(0, 21);
    await checkpointer.step();
    expect(await reached(DETOUR)).toBe(21);
  });

  it('goes on while something of it is not handled', async () => {
    await checkpoint(DETOUR, 19);
    await detours.end();
    expect(await open()).toEqual([{ from: 10, to: null }]);
  });

  it('ends a little after the end of the log, and what comes after that is regular again', async () => {
    await checkpoint(DETOUR, 20);
    await detours.end();
    expect(await open()).toEqual([{ from: 10, to: 21 + NUMBERS_AHEAD }]);
    await append(flooding, NUMBERS_AHEAD + 1);
    expect(await heardBy(DETOUR, 20)).toEqual(upTo(21 + NUMBERS_AHEAD, 22));
    expect(await heardBy(0, 21)).toEqual([22 + NUMBERS_AHEAD]);
  });

  it('is forgotten when all checkpoints have passed its end', async () => {
    await checkpoint(DETOUR, 20);
    await detours.end();
    await append(flooding, NUMBERS_AHEAD + 1);
    await checkpoint(DETOUR, 21 + NUMBERS_AHEAD);
    await detours.end();
    expect(await open()).toHaveLength(1);
    await checkpoint(0, 21 + NUMBERS_AHEAD);
    await detours.end();
    expect(await open()).toEqual([]);
    expect(await heardBy(DETOUR)).toEqual([]);
  });

  it('can be taken again while an earlier one is not forgotten', async () => {
    await checkpoint(DETOUR, 20);
    await detours.end();
    await append(other, 1);
    await detours.relieve({ partition: 0, checkpoint: 6, from: 12 });
    expect(await open()).toHaveLength(1);
    const over = 21 + NUMBERS_AHEAD;
    await append(flooding, NUMBERS_AHEAD + 10);
    await append(third, 1);
    await detours.relieve({ partition: 0, checkpoint: over, from: over + 4 });
    expect(await open()).toEqual([
      { from: 10, to: over },
      { from: over + 4, to: null },
    ]);
    expect(await heardBy(0, over)).toEqual([...upTo(over + 4, over + 1), over + 12]);
  });
});
