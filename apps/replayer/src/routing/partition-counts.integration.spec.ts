import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLog } from '@skein/event-log';
import { deviceDeleted, topology } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { upTo } from '../../test/publishing-scene.js';
import { Numbering } from '../numbering/numbering.js';
import { NUMBERS_AHEAD, PartitionCounts } from './partition-counts.js';

let database: MigratedDatabase;
let log: LogScene;
let consumer: Postgres;
let selector: ConsumerLog;
let counts: PartitionCounts;
let numbering: Numbering;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  log = await LogScene.open(database, openTransaction);
  consumer = await Postgres.open({
    url: database.urlOf('selector'),
    applicationName: 'test',
  });
  selector = new ConsumerLog(consumer, 'selector');
  counts = new PartitionCounts(log.replayer);
});
afterAll(async () => {
  await log?.close();
  await consumer?.close();
  await database?.close();
});
beforeEach(async () => {
  await log.empty();
  await log.admin.query(
    'truncate log.checkpoints, log.hearings, log.partition_counts, log.detours',
  );
  numbering = new Numbering(log.replayer);
});

async function append(count: number): Promise<void> {
  await log.commit(...log.events(count));
  await numbering.round();
}
const heardBy = async (partition: number): Promise<number[]> => {
  const rows = await log.replayer.query<{ sequence: number }>(
    `select sequence from log.heard('selector', $1, 0, 1000000, null)`,
    [partition],
  );
  return rows.map(({ sequence }) => sequence);
};
const decided = () =>
  log.admin.query<{ from: number; count: number }>(
    `select from_number as from, count from log.partition_counts where service = 'selector' order by 1`,
  );
const checkpoints = () =>
  log.admin.query<{ partition: number; number: number }>(
    'select partition, number from log.checkpoints order by 1',
  );

describe('how many partitions a service has', () => {
  it('is one, without a word about it', async () => {
    await counts.set(1);
    await selector.register();
    await append(5);
    expect(await decided()).toEqual([]);
    expect([await selector.partitions(), await heardBy(0)]).toEqual([[0], upTo(5)]);
  });

  it('holds from the first event of an empty log on: each event is in one of them, all have some', async () => {
    await counts.set(4);
    await selector.register();
    await append(200);
    expect(await selector.partitions()).toEqual([0, 1, 2, 3]);
    const all = await Promise.all([0, 1, 2, 3].map(heardBy));
    for (const numbers of all) expect(numbers.length).toBeGreaterThan(20);
    expect(all.flat().sort((a, b) => a - b)).toEqual(upTo(200));
  });

  it('keeps the events of a subject together, in order', async () => {
    await counts.set(4);
    await selector.register();
    const subject = log.event().subject;
    for (const name of ['a', 'b', 'c']) await log.commit(log.event(subject, name));
    await numbering.round();
    const all = await Promise.all([0, 1, 2, 3].map(heardBy));
    expect(all.filter((numbers) => numbers.length > 0)).toEqual([[1, 2, 3]]);
  });

  it('changes a little after the end of the log, and what came before stays where it was', async () => {
    await selector.register();
    await append(100);
    await counts.set(2);
    expect(await decided()).toEqual([{ from: 100 + NUMBERS_AHEAD, count: 2 }]);
    await append(NUMBERS_AHEAD);
    expect([await heardBy(0), await heardBy(1)]).toEqual([upTo(100 + NUMBERS_AHEAD), []]);
    await append(100);
    const [first, second] = [await heardBy(0), await heardBy(1)];
    expect(Math.min(...second)).toBeGreaterThan(100 + NUMBERS_AHEAD);
    expect([...first, ...second].sort((a, b) => a - b)).toEqual(upTo(200 + NUMBERS_AHEAD));
    expect(await checkpoints()).toEqual([
      { partition: 0, number: 0 },
      { partition: 1, number: 100 },
    ]);
  });

  it('is set again without effect, and what all checkpoints have passed is forgotten', async () => {
    await selector.register();
    await counts.set(3);
    await counts.set(3);
    await append(5);
    await counts.set(2);
    expect(await decided()).toEqual([
      { from: 0, count: 3 },
      { from: 5 + NUMBERS_AHEAD, count: 2 },
    ]);
    await log.admin.query('update log.checkpoints set number = $1 where partition > 0', [
      5 + NUMBERS_AHEAD,
    ]);
    await counts.forget();
    expect(await decided()).toHaveLength(2);
    await log.admin.query('update log.checkpoints set number = $1', [5 + NUMBERS_AHEAD]);
    await counts.forget();
    expect(await decided()).toEqual([{ from: 5 + NUMBERS_AHEAD, count: 2 }]);
  });

  it('is known to a service that registers later', async () => {
    await append(5);
    await counts.set(2);
    await selector.register();
    expect(await selector.partitions()).toEqual([0, 1]);
    expect(await heardBy(0)).toEqual(upTo(5));
  });

  it('hears only what the service hears', async () => {
    expect([...topology.repo]).toContain(deviceDeleted.type);
    await counts.set(2);
    await log.admin.query('select log.register_hearing($1, $2)', [
      'selector',
      ['skein.fleet.deleted.v1'],
    ]);
    await append(20);
    expect([await heardBy(0), await heardBy(1)]).toEqual([[], []]);
  });
});
