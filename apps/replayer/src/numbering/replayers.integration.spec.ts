import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewEvent } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction, waitFor } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { Numbering } from './numbering.js';

let database: MigratedDatabase;
let scene: LogScene;

const event = (subject?: string) => scene.event(subject);
const commit = (...events: NewEvent[]) => scene.commit(...events);

/** Positions in the order of their numbers; fails when the numbers have a gap or a repeat. */
async function order(): Promise<number[]> {
  const rows = await scene.sequence();
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
  return rows.map(({ position }) => position);
}
async function settled(numbering: Numbering): Promise<number> {
  await numbering.saveSettled();
  const [row] = await scene.admin.query<{ position: number }>('select position from log.settled');
  return row!.position;
}
async function rounds(numbering: Numbering, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await numbering.round();
}

async function waitingInsert(): Promise<void> {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%log.sequence%'`;
  await waitFor(async () => (await scene.admin.query(waits)).length > 0);
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await LogScene.open(database, openTransaction);
});
afterAll(async () => {
  await scene?.empty();
  await scene?.close();
  await database?.close();
});
beforeEach(() => scene.empty());

describe('two replayers', () => {
  it('one that lost its lead gives no number, reads the table again, and goes on', async () => {
    const [stale, leader] = [new Numbering(scene.replayer), new Numbering(scene.replayer)];
    await commit();
    await stale.round();
    await commit();
    await leader.round();
    await commit();
    expect(await stale.round()).toBe(0);
    expect(await stale.round()).toBe(1);
    expect([stale.last, await order()]).toEqual([3, [1, 2, 3]]);
  });

  it('the slower of two rounds at once collides, and goes on after what the other one gave', async () => {
    const numbering = new Numbering(scene.replayer);
    await commit();
    await numbering.round();
    await commit(event(), event());
    const faster = await scene.hold(database.urlOf('replayer'));
    await faster.query(
      'insert into log.sequence select 2, position, type from log.events where position = 2',
    );
    const collided = numbering.round();
    await waitingInsert();
    await faster.commit();
    expect(await collided).toBe(0);
    expect(await numbering.round()).toBe(1);
    expect(await order()).toEqual([1, 2, 3]);
  });

  it('racing under eight writers, with late commits and rollbacks, number everything once', async () => {
    let writing = true;
    const replayers = [new Numbering(scene.replayer), new Numbering(scene.replayer)];
    const race = replayers.map(async (numbering) => {
      while (writing) await numbering.round();
    });
    const writer = async (lane: number) => {
      for (let turn = 0; turn < 30; turn += 1) {
        const events = scene.events(1 + ((lane + turn) % 3));
        const change = scene.gateway.postgres.transaction(async (transaction) => {
          await scene.gateway.append(transaction, events);
          await transaction.query('select pg_sleep($1)', [((lane * turn) % 5) / 1000]);
          if ((lane + turn) % 4 === 0) throw new Error('rolled back');
        });
        await change.catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, lane) => writer(lane)));
    writing = false;
    await Promise.all(race);
    await rounds(replayers[0]!, 4);
    const committed = await scene.admin.query<{ position: number }>(
      'select position from log.events order by position',
    );
    expect((await order()).sort((a, b) => a - b)).toEqual(
      committed.map(({ position }) => position),
    );
    expect(await settled(replayers[0]!)).toBeGreaterThanOrEqual(committed.at(-1)!.position);
  });
});

describe('a new replayer', () => {
  it.each([
    ['that finds how far all is settled', true],
    ['that finds nothing saved', false],
  ])('%s goes on where the last one was, holes included', async (_name, saved) => {
    const first = new Numbering(scene.replayer);
    await (await scene.inFlight()).rollback();
    await commit();
    await rounds(first, 2);
    const late = await scene.inFlight();
    await commit();
    await first.round();
    if (saved) expect(await settled(first)).toBe(2);
    const second = new Numbering(scene.replayer);
    await rounds(second, 5);
    expect(await settled(second)).toBe(saved ? 2 : 0);
    await late.commit();
    await second.round();
    expect(second.last).toBe(3);
    expect(await order()).toEqual([2, 4, 3]);
  });

  it('never takes back what is settled', async () => {
    const [first, second] = [new Numbering(scene.replayer), new Numbering(scene.replayer)];
    await commit();
    await first.round();
    await commit();
    await second.round();
    expect(await settled(second)).toBe(2);
    expect(await settled(first)).toBe(2);
  });
});
