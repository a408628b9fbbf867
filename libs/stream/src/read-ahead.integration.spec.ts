import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { appendEntries, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Consumer, textOf, TransportScene } from '../test/transport-scene.js';

let place: TestRedis;
let scene: TransportScene;

const append = (...numbers: number[]) =>
  appendEntries(
    scene.redis,
    scene.stream,
    numbers.map((sequence) => ({ sequence, text: textOf(sequence) })),
  );
const start = (consumer: string, batchSize: number) =>
  scene.start(consumer, Consumer, { batchSize, claimAfterMs: 3_000 });
const began = () => waitFor(() => Consumer.calls.length > 0);

beforeAll(async () => {
  place = await testRedis();
  scene = new TransportScene(place.url, place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
});
afterEach(() => scene.reset());

describe('while a batch is handled', () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();

  it('the next one of a backlog is read, its claim is renewed, and a stop hands it over as never delivered', async () => {
    Consumer.handle = () => held;
    await append(1, 2, 3, 4, 5);
    const one = await start('one', 2);
    await waitFor(async () => (await scene.pending()) === 4, { message: 'two batches are read' });
    const { key, group } = scene.stream;
    await scene.redis.xclaim(key, group, 'one', 0, '3-0', 'IDLE', 60_000, 'JUSTID');
    await waitFor(async () => {
      const [row] = (await scene.redis.xpending(key, group, '3-0', '3-0', 1)) as [
        [string, string, number],
      ];
      return row[2] < 60_000;
    });
    const closing = one.app.close();
    letGo();
    await closing;
    const two = await start('two', 100);
    await waitFor(() => scene.isDone());
    expect([one.unit.effects, two.unit.effects, two.unit.again]).toEqual([[1, 2], [3, 4, 5], []]);
  });

  it('what trickles in is left for a larger batch', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    Consumer.handle = () => promise;
    await append(1);
    const { unit } = await start('one', 100);
    await began();
    await append(2, 3);
    expect(await scene.pending()).toBe(1);
    resolve();
    await waitFor(() => scene.isDone());
    expect(unit.tries).toEqual([[1], [2, 3]]);
  });
});
