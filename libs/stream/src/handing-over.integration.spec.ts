import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { appendEntries, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Consumer, textOf, TransportScene, type Running } from '../test/transport-scene.js';

const KIB = 1_024;

let place: TestRedis;
let scene: TransportScene;

const append = (...numbers: number[]) =>
  appendEntries(
    scene.redis,
    scene.stream,
    numbers.map((sequence) => ({ sequence, text: textOf(sequence) })),
  );
/** Events of about so many bytes. */
const appendLarge = (bytes: number, ...numbers: number[]) =>
  appendEntries(
    scene.redis,
    scene.stream,
    numbers.map((sequence) => {
      const labels = `"labels":{"padding":"${'x'.repeat(bytes)}"}`;
      return { sequence, text: textOf(sequence).replace('"labels":{}', labels) };
    }),
  );
const start = (consumer: string, settings = {}) => scene.start(consumer, Consumer, settings);
const acknowledged = () => waitFor(() => scene.isDone(), { message: 'all is acknowledged' });
const began = (count = 1) => waitFor(() => Consumer.calls.length >= count);
const claim = (consumer: string, numbers: readonly number[], idleMs: number) => {
  const ids = numbers.map((number) => `${number}-0`);
  const { key, group } = scene.stream;
  return scene.redis.xclaim(key, group, consumer, 0, ...ids, 'IDLE', idleMs, 'JUSTID');
};
/** A consumer that took entries and gave no sign of life for a minute. */
async function deadPeer(...numbers: number[]): Promise<void> {
  const { key, group } = scene.stream;
  const count = numbers.length;
  await scene.redis.xreadgroup('GROUP', group, 'dead', 'COUNT', count, 'STREAMS', key, '>');
  await claim('dead', numbers, 60_000);
}
async function pendingOf(number: number): Promise<{ consumer: string; idleMs: number }> {
  const { key, group } = scene.stream;
  const [row] = (await scene.redis.xpending(key, group, `${number}-0`, `${number}-0`, 1)) as [
    [string, string, number],
  ];
  return { consumer: row[1], idleMs: row[2] };
}
/** The handler waits with each batch until it is let go. */
function holdUp(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  Consumer.handle = () => promise;
  return resolve;
}

beforeAll(async () => {
  place = await testRedis();
  scene = new TransportScene(place.url, place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
});
afterEach(() => scene.reset());

describe('a consumer whose handling takes long', () => {
  it('says again and again that it lives, also for what it has not begun', async () => {
    const finish = holdUp();
    await appendLarge(100 * KIB, 1, 2);
    await start('one', { claimAfterMs: 300, batchBytes: 128 * KIB });
    await began();
    await claim('one', [1, 2], 60_000);
    for (const number of [1, 2]) {
      await waitFor(async () => (await pendingOf(number)).idleMs < 60_000);
    }
    finish();
    await acknowledged();
  });

  it('leaves what a peer has claimed meanwhile to the peer, and finishes harmlessly', async () => {
    const finish = holdUp();
    await append(1);
    const { unit } = await start('one', { claimAfterMs: 300 });
    await began();
    await claim('peer', [1], 60_000);
    await append(2);
    finish();
    await waitFor(() => unit.effects.includes(2));
    expect(unit.failed).toEqual([]);
  });
});

describe('entries that were delivered before', () => {
  it('are handled alone, each as one that may have killed its process', async () => {
    await append(1, 2, 3, 4);
    await deadPeer(1, 2);
    const { unit } = await start('one');
    await waitFor(() => unit.effects.length === 4);
    await acknowledged();
    expect([unit.again, unit.tries]).toEqual([
      [1, 2],
      [[1], [2], [3, 4]],
    ]);
  });

  it('are acknowledged one by one: a failure in between repeats only what is left', async () => {
    Consumer.handle = async (numbers) => {
      if (numbers.includes(2)) await new Promise(() => undefined);
    };
    await append(1, 2, 3);
    await deadPeer(1, 2, 3);
    await start('one', { stopMs: 1 });
    await began(2);
    expect(await scene.pending()).toBe(2);
  });
});

describe('what was read at once and is too large', () => {
  it('is handled in portions, each acknowledged when it is done', async () => {
    const bytes = 256 * KIB;
    Consumer.handle = async (numbers) => {
      if (numbers.includes(3)) await new Promise(() => undefined);
    };
    await appendLarge(100 * KIB, 1, 2, 3, 4);
    await start('one', { batchBytes: bytes, stopMs: 1 });
    await began(2);
    expect(Consumer.calls.map(({ numbers }) => numbers)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await scene.pending()).toBe(2);
  });
});

describe('a deploy', () => {
  const slow = { batchBytes: 64 * KIB * 4, claimAfterMs: 600_000 };
  const handledBy = ({ unit }: Running) => unit.effects;

  it('finishes the portion in flight, and a peer takes the rest at once, as never delivered', async () => {
    const finish = holdUp();
    await appendLarge(100 * KIB, 1, 2, 3, 4);
    const one = await start('one', slow);
    await began();
    const two = await start('two', { claimAfterMs: 600_000 });
    await waitFor(() => scene.isBlocked(), { message: 'the peer has claimed what it could' });
    const closing = one.app.close();
    finish();
    await closing;
    await waitFor(() => handledBy(two).length === 2);
    await acknowledged();
    expect([handledBy(one), handledBy(two), two.unit.again]).toEqual([[1, 2], [3, 4], []]);
    expect([...one.unit.failed, ...two.unit.failed]).toEqual([]);
  });

  it('that does not wait any longer hands over what is in flight as delivered', async () => {
    holdUp();
    await append(1, 2);
    const one = await start('one', { stopMs: 1 });
    await began();
    await one.app.close();
    Consumer.handle = () => undefined;
    const two = await start('two');
    await waitFor(() => handledBy(two).length === 2);
    await acknowledged();
    expect(two.unit.again).toEqual([1, 2]);
    expect(two.unit.failed).toEqual([]);
  });
});
