import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkerConfig } from '@skein/config';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import type { Logger } from '@skein/telemetry';
import { waitFor } from '@skein/testing';
import { UnitScene } from '../test/unit-scene.js';
import { SweepLoop, type Sweep } from './sweep.js';

let database: MigratedDatabase;
let scene: UnitScene;
let warnings: object[];

function loopOf(find: Sweep['find'], sweepIntervalMs = 1): SweepLoop {
  const config = Object.assign(new WorkerConfig(), { sweepIntervalMs });
  const logger = { warn: (fields: object) => warnings.push(fields) } as unknown as Logger;
  return new SweepLoop({ find }, scene.unit, logger, config);
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset();
  warnings = [];
});

describe('the sweep', () => {
  it('has what it found decided and appended, says so, and looks again and again', async () => {
    const missing = [newUid(), newUid()].map((uid) => ({ org: DEFAULT_ORGANISATION, uid }));
    let looks = 0;
    const loop = loopOf(async (batch) => {
      looks += 1;
      batch.wantMissed('device', looks === 2 ? missing : []);
    });
    loop.onApplicationBootstrap();
    await waitFor(() => looks >= 4);
    await loop.beforeApplicationShutdown();
    expect(await scene.appended()).toHaveLength(2);
    expect(warnings).toEqual([{ found: 2 }]);
  });

  it('looks in the transaction of its decision', async () => {
    const seen: unknown[] = [];
    const loop = loopOf(async (batch) => {
      seen.push(...(await batch.transaction.query('select 1 as one')));
    }, 3_600_000);
    loop.onApplicationBootstrap();
    await waitFor(() => seen.length === 1);
    await loop.beforeApplicationShutdown();
    expect(seen).toEqual([{ one: 1 }]);
  });

  it('goes on after a failure, which leaves nothing', async () => {
    let looks = 0;
    scene.task.failure = new Error('undecided');
    const loop = loopOf(async (batch) => {
      looks += 1;
      batch.wantMissed('device', [{ org: DEFAULT_ORGANISATION, uid: newUid() }]);
    });
    loop.onApplicationBootstrap();
    await waitFor(() => looks >= 2);
    await loop.beforeApplicationShutdown();
    expect(await scene.appended()).toEqual([]);
    expect(warnings[0]).toMatchObject({ error: scene.task.failure });
  });
});
