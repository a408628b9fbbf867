import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { Numbering } from './numbering.js';

let database: MigratedDatabase;
let scene: LogScene;
let one: Numbering;
let other: Numbering;

/** A moment before all that follows: rounds are noted to the millisecond. */
const now = async () => {
  const [row] = await scene.admin.query<{ now: Date }>(
    'select clock_timestamp() as now, pg_sleep(0.002)',
  );
  return row!.now;
};
/** What is saved: the last number, and whether that round began after the moment. */
async function saved(numbering: Numbering, moment: Date) {
  await numbering.saveQuietRound();
  const [row] = await scene.admin.query<{ last: number; after: boolean }>(
    'select last_number as last, began_at > $1 as after from log.quiet_round',
    [moment],
  );
  return row;
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
beforeEach(async () => {
  await scene.empty();
  await scene.admin.query(`update log.quiet_round set began_at = '-infinity', last_number = 0`);
  [one, other] = [new Numbering(scene.replayer), new Numbering(scene.replayer)];
});

describe('a quiet round', () => {
  it('is one that numbered all that it saw, and names its last number', async () => {
    await scene.commit(scene.event(), scene.event());
    const moment = await now();
    await one.round();
    expect(await saved(one, moment)).toEqual({ last: 2, after: true });
  });

  it('says nothing of what was committed after it', async () => {
    await one.round();
    const moment = await now();
    await scene.commit();
    expect(await saved(one, moment)).toEqual({ last: 0, after: false });
    await one.round();
    expect(await saved(one, moment)).toEqual({ last: 1, after: true });
  });

  it('is none that may have left something for the next', async () => {
    await scene.commit(...scene.events(5_000));
    const moment = await now();
    expect(await one.round()).toBe(5_000);
    expect(await saved(one, moment)).toEqual({ last: 0, after: false });
    await one.round();
    expect(await saved(one, moment)).toEqual({ last: 5_000, after: true });
  });

  it('is none of a replayer that does not know what another one numbered', async () => {
    await other.round();
    await scene.commit();
    await one.round();
    await scene.commit();
    const moment = await now();
    await other.round();
    expect(await saved(other, moment)).toEqual({ last: 0, after: false });
  });

  it('is never overwritten by an older one', async () => {
    await one.round();
    await scene.commit();
    const moment = await now();
    await other.round();
    expect(await saved(other, moment)).toEqual({ last: 1, after: true });
    expect(await saved(one, moment)).toEqual({ last: 1, after: true });
  });
});
