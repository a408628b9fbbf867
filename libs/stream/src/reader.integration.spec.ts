import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { appendEntries, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { textOf, TransportScene } from '../test/transport-scene.js';
import type { Entry, StreamReader } from './reader.js';

const MINUTE = 60_000;

let place: TestRedis;
let scene: TransportScene;
const open: StreamReader[] = [];

const reader = (consumer: string, settings = {}) => {
  const made = scene.reader(consumer, settings);
  open.push(made);
  return made;
};
const numbers = (entries: readonly Entry[]) => entries.map(({ sequence }) => sequence);
const idsOf = (some: readonly number[]) => some.map((number) => `${number}-0`);
/** Who has each pending entry, for how long nobody spoke of it (whole minutes), and how often it was delivered. */
async function pending(): Promise<[number, string, number, number][]> {
  const { key, group } = scene.stream;
  const rows = (await scene.redis.xpending(key, group, '-', '+', 1_000)) as [
    string,
    string,
    number,
    number,
  ][];
  return rows.map(([id, consumer, idle, times]) => [
    Number(id.split('-')[0]),
    consumer,
    Math.floor(idle / MINUTE),
    times,
  ]);
}
/** A consumer reads that many, and then says nothing for two minutes. */
async function silentSince(consumer: string, count: number): Promise<number[]> {
  const { key, group } = scene.stream;
  const read = (await scene.redis.xreadgroup(
    ...(['GROUP', group, consumer, 'COUNT', count, 'STREAMS', key, '>'] as const),
  )) as unknown as [[string, [string][]]];
  const ids = read[0][1].map(([id]) => id);
  await scene.redis.xclaim(key, group, consumer, 0, ...ids, 'IDLE', 2 * MINUTE, 'JUSTID');
  return ids.map((id) => Number(id.split('-')[0]));
}
const claimAll = async (by: StreamReader) => {
  const claimed: Entry[] = [];
  for (let done = false; !done;) {
    const some = await by.claim();
    claimed.push(...some.entries);
    ({ done } = some);
  }
  return claimed;
};

beforeAll(async () => {
  place = await testRedis();
  scene = new TransportScene(place.url, place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
});
beforeEach(async () => {
  const entries = Array.from({ length: 40 }, (_, at) => ({
    sequence: at + 1,
    text: textOf(at + 1),
  }));
  await appendEntries(scene.redis, scene.stream, entries);
});
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await scene.reset();
});

describe('reading', () => {
  it('asks for as many entries as have the bytes if they are large, and for more after small ones', async () => {
    const one = reader('one', { batchBytes: 64 * 1_024 });
    const reads = [await one.read(1), await one.read(1), await one.read(1)];
    expect(reads.map(numbers)).toEqual([[1], [2, 3], [4, 5, 6]]);
  });

  it('says how many bytes an entry has', async () => {
    const [first] = await reader('one').read(1);
    expect(first).toMatchObject({ bytes: Buffer.byteLength(textOf(1)), again: false });
  });
});

describe('claiming', () => {
  it('goes on behind any number of entries whose consumers live', async () => {
    await reader('alive').read(1);
    const { key, group } = scene.stream;
    await scene.redis.xclaim(key, group, 'dead', 0, '40-0', 'IDLE', MINUTE, 'JUSTID');
    expect(numbers(await claimAll(reader('one', { batchSize: 1 })))).toEqual([40]);
  });

  it('takes all that the dead left, in order, some at a time', async () => {
    const left = await silentSince('dead', 23);
    const one = reader('one', { batchSize: 5 });
    expect(numbers((await one.claim()).entries)).toEqual(left.slice(0, 5));
    expect(numbers(await claimAll(one))).toEqual(left.slice(5));
    expect(numbers(await claimAll(one))).toEqual([]);
  });

  it('says that an entry was delivered before', async () => {
    await silentSince('dead', 2);
    const claimed = await claimAll(reader('one'));
    expect(claimed.map(({ again }) => again)).toEqual([true, true]);
  });

  it('leaves out what was deleted from the stream, which is pending no more', async () => {
    await silentSince('dead', 3);
    await scene.redis.xdel(scene.stream.key, '2-0');
    expect(numbers(await claimAll(reader('one')))).toEqual([1, 3]);
    expect((await pending()).map(([number]) => number)).toEqual([1, 3]);
  });
});

describe('renewing', () => {
  const read = async () => {
    const one = reader('one');
    const entries = (await one.read(1)).slice(0, 2);
    const { key, group } = scene.stream;
    const idle = ['IDLE', 2 * MINUTE, 'JUSTID'] as const;
    await scene.redis.xclaim(key, group, 'one', 0, ...idsOf(numbers(entries)), ...idle);
    return { one, entries };
  };
  const firstTwo = async () => (await pending()).slice(0, 2);

  it('is a sign of life, and no delivery', async () => {
    const { one, entries } = await read();
    expect(await firstTwo()).toEqual([
      [1, 'one', 2, 1],
      [2, 'one', 2, 1],
    ]);
    await one.renew(entries);
    expect(await firstTwo()).toEqual([
      [1, 'one', 0, 1],
      [2, 'one', 0, 1],
    ]);
  });

  it('takes nothing back that a peer has claimed', async () => {
    const { one, entries } = await read();
    await reader('peer').claim();
    const { key, group } = scene.stream;
    await scene.redis.xclaim(key, group, 'peer', 0, '1-0', 'IDLE', MINUTE, 'JUSTID');
    await one.renew(entries);
    expect(await firstTwo()).toEqual([
      [1, 'peer', 1, 2],
      [2, 'peer', 0, 2],
    ]);
  });

  it('brings nothing back that is acknowledged', async () => {
    const { one, entries } = await read();
    await one.acknowledge(entries.slice(0, 1));
    await one.renew(entries);
    expect((await pending())[0]).toEqual([2, 'one', 0, 1]);
  });
});

describe('leaving', () => {
  it('with nothing takes the consumer off the group', async () => {
    const one = reader('one');
    await one.acknowledge(await one.read(1));
    await one.leave([]);
    expect(await scene.consumers()).toEqual([]);
  });

  it('hands over what was not begun as if it had never been delivered', async () => {
    const one = reader('one', { batchSize: 3 });
    await one.read(1);
    await one.leave([]);
    expect(await scene.consumers()).toEqual(['one']);
    const claimed = await claimAll(reader('peer'));
    expect(claimed.map(({ sequence, again }) => [sequence, again])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
  });

  it('hands over what was begun as delivered', async () => {
    const one = reader('one', { batchSize: 3 });
    const entries = await one.read(1);
    await one.leave(entries.slice(0, 1));
    const claimed = await claimAll(reader('peer'));
    expect(claimed.map(({ again }) => again)).toEqual([true, false, false]);
  });

  it('hands over also what came while it left', async () => {
    const one = reader('one', { batchSize: 1 });
    await one.read(1);
    const { key, group } = scene.stream;
    await scene.redis.xreadgroup('GROUP', group, 'one', 'COUNT', 1, 'STREAMS', key, '>');
    await one.leave([]);
    expect(numbers(await claimAll(reader('peer')))).toEqual([1, 2]);
  });

  it('keeps in mind that what it claimed had been delivered before', async () => {
    await silentSince('dead', 1);
    const one = reader('one');
    await one.claim();
    await one.leave([]);
    const [first] = await claimAll(reader('peer'));
    expect(first).toMatchObject({ sequence: 1, again: true });
  });
});

describe('consumers that are gone', () => {
  it('are forgotten, but never one that has something pending', async () => {
    await silentSince('holds', 1);
    const { key, group } = scene.stream;
    await scene.redis.xgroup('CREATECONSUMER', key, group, 'idle');
    const one = reader('one', { claimAfterMs: 1 });
    await waitFor(
      async () => {
        await one.forgetTheDead();
        return !(await scene.consumers()).includes('idle');
      },
      { message: 'the idle consumer is forgotten' },
    );
    expect(await scene.consumers()).toEqual(['holds']);
    expect((await pending()).map(([number, who]) => [number, who])).toEqual([[1, 'holds']]);
  });

  it('are not those that were silent for a moment only', async () => {
    const { key, group } = scene.stream;
    await scene.redis.xgroup('CREATECONSUMER', key, group, 'idle');
    await reader('one').forgetTheDead();
    expect(await scene.consumers()).toEqual(['idle']);
  });
});
