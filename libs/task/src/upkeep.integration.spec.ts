import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UnreadableEvent } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { deliveryOf, UnitScene } from '../test/unit-scene.js';
import { Upkeep } from './upkeep.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let database: MigratedDatabase;
let scene: UnitScene;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});

it('writes down what was counted, and wakes what an older build parked', async () => {
  await scene.reset();
  const [one, two] = await scene.logged(2);
  await scene.handle(one!);
  await scene.handle(one!);
  await scene.unit.setAside(deliveryOf(two!), new UnreadableEvent('unknown', 'an older build'));
  const upkeep = new Upkeep(scene.consumer, scene.unit, silent);
  const counts = () => scene.admin.query('select name, value from selector.counts');
  for (let second = 0; second < 10; second += 1) await upkeep.once();
  expect(await counts()).toEqual([{ name: 'fenceHits', value: 1 }]);
  expect(await scene.tables()).toMatchObject({ retries: [two!.sequence] });
  await scene.handle(one!);
  await upkeep.beforeApplicationShutdown();
  expect(await counts()).toEqual([{ name: 'fenceHits', value: 2 }]);
});
