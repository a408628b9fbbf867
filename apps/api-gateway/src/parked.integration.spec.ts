import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { PoisonScene } from '../test/poison-scene.js';

const door = new DoorScene({
  migratedDatabase: () => migratedDatabase(),
  jsonClient,
  environment: process.env,
});
let scene: PoisonScene;

const call = (method: string, path: string, body?: unknown) =>
  door.call(method, `/system${path}`, body);
const numbersOf = ({ body }: { body: Loose }) =>
  body.items.map(({ number }: { number: number }) => number);

beforeAll(async () => {
  await door.open();
  scene = await PoisonScene.open(door.database);
});
afterAll(async () => {
  await scene?.close();
  await door.close();
});
beforeEach(() => scene.empty());

describe('parked events', () => {
  it('are shown, tried again, or dropped and stay handled', async () => {
    const [one, two, three] = await scene.logged(3);
    for (const number of [one, two, three]) await scene.consumer.park(number!, 'unknown');
    expect(numbersOf(await call('GET', '/parked?service=selector'))).toEqual([one, two, three]);
    const shown = await call('GET', `/parked/selector/${one}`);
    expect(shown.body).toMatchObject({ reason: 'unknown', event: { data: { name: 'd' } } });
    expect(shown.body).not.toHaveProperty('attempts');
    await call('POST', `/parked/selector/${one}/retry`);
    await call('DELETE', `/parked/selector/${two}`);
    await scene.retry();
    await scene.deliver(two!);
    expect(await scene.effects()).toEqual([one]);
    expect(numbersOf(await call('GET', '/parked'))).toEqual([three]);
  });

  it('are tried again or dropped by filter', async () => {
    const [one, two] = await scene.logged(2);
    for (const number of [one, two]) await scene.consumer.park(number!, 'unknown');
    const retried = await call('POST', '/parked/retry', { service: 'selector' });
    expect(retried.body.message).toBe('2 events are tried again');
    await scene.retry();
    expect(await scene.effects()).toEqual([one, two]);
    const [three] = await scene.logged(1);
    await scene.consumer.park(three!, 'unknown');
    expect((await call('DELETE', '/parked?all=true')).body.message).toBe('1 events are dropped');
    expect(numbersOf(await call('GET', '/parked'))).toEqual([]);
  });
});
