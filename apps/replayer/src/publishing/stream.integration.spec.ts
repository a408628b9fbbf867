import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testRedis, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { Stream, type Publishable } from './stream.js';

let place: TestRedis;
let redis: Redis;
let stream: Stream;

const entries = (...numbers: number[]): Publishable[] =>
  numbers.map((sequence) => ({ sequence, eventId: `id-${sequence}`, text: `{"n":${sequence}}` }));
const ids = async () => (await redis.xrange(stream.key, '-', '+')).map(([id]) => id);
const read = async () => {
  const answer = (await redis.xreadgroup(
    'GROUP',
    'selector',
    'reader',
    'COUNT',
    100,
    'STREAMS',
    stream.key,
    '>',
  )) as [string, [string, string[]][]][] | null;
  return answer?.[0]?.[1].map(([id]) => id) ?? [];
};

beforeAll(async () => {
  place = await testRedis();
  redis = new Redis(place.url);
  stream = new Stream(redis, place.prefix, 'selector');
});
afterAll(async () => {
  redis?.disconnect();
  await place?.close();
});
beforeEach(() => redis.del(stream.key));

describe('setting a stream up', () => {
  it('makes it with its group, so that numbers up to the start are refused and none is read again', async () => {
    await stream.setUp(5);
    expect(await stream.inspect()).toEqual({
      groupExists: true,
      last: 5,
      first: undefined,
      newest: undefined,
      length: 0,
    });
    await expect(stream.append(5, entries(5))).rejects.toThrow(/ID .* smaller/);
    expect(await stream.append(5, entries(7, 9))).toBe(true);
    expect(await read()).toEqual(['7-0', '9-0']);
  });

  it('leaves one that is there alone', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    await stream.setUp(5);
    expect(await ids()).toEqual(['1-0', '2-0']);
  });
});

describe('compare-and-append', () => {
  it('carries id, event id and event, and says where the stream ends', async () => {
    await stream.setUp(0);
    expect(await stream.append(0, entries(3))).toBe(true);
    expect(await redis.xrange(stream.key, '-', '+')).toEqual([['3-0', ['id-3', '{"n":3}']]]);
    expect(await stream.inspect()).toEqual({
      groupExists: true,
      last: 3,
      first: 3,
      newest: { sequence: 3, eventId: 'id-3' },
      length: 1,
    });
  });

  it('refuses when the stream moved on', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    expect(await stream.append(0, entries(1, 2, 3))).toBe(false);
    expect(await stream.append(1, entries(3))).toBe(false);
    expect(await ids()).toEqual(['1-0', '2-0']);
  });

  it('refuses when the stream was emptied, and makes none', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    await redis.del(stream.key);
    expect(await stream.append(2, entries(3))).toBe(false);
    expect(await redis.exists(stream.key)).toBe(0);
  });

  it('refuses when the stream was emptied and set up anew', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    await redis.del(stream.key);
    await stream.setUp(1);
    expect(await stream.append(2, entries(3))).toBe(false);
    expect(await ids()).toEqual([]);
  });

  it('that failed half-way is found out by the next one', async () => {
    await stream.setUp(0);
    await expect(stream.append(0, entries(2, 1))).rejects.toThrow();
    expect(await stream.append(0, entries(3))).toBe(false);
    expect(await ids()).toEqual(['2-0']);
  });
});

describe('deleting a damaged stream', () => {
  it('deletes the one that was inspected', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    await stream.deleteDamaged((await stream.inspect())!);
    expect(await stream.inspect()).toBeUndefined();
    await stream.deleteDamaged({
      groupExists: true,
      last: 2,
      first: 1,
      newest: undefined,
      length: 2,
    });
  });

  it('spares one that a peer has rebuilt or gone on with since', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2));
    const seen = (await stream.inspect())!;
    await stream.append(2, entries(3));
    await stream.deleteDamaged(seen);
    expect(await ids()).toEqual(['1-0', '2-0', '3-0']);
    await stream.deleteDamaged({ ...seen, last: 3, first: undefined });
    expect(await ids()).toHaveLength(3);
  });

  it('deletes an empty one too', async () => {
    await stream.setUp(4);
    await stream.deleteDamaged((await stream.inspect())!);
    expect(await stream.inspect()).toBeUndefined();
  });
});

describe('what the group has', () => {
  it('is undefined without stream or group', async () => {
    expect(await stream.delivered()).toBeUndefined();
    await stream.setUp(0);
    await redis.xgroup('DESTROY', stream.key, 'selector');
    expect(await stream.delivered()).toBeUndefined();
    expect(await stream.inspect()).toMatchObject({ groupExists: false });
  });

  it('is the last number delivered, and the smallest that is not acknowledged', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2, 4));
    expect(await stream.delivered()).toEqual({ last: 0, pending: undefined });
    await read();
    expect(await stream.delivered()).toEqual({ last: 4, pending: 1 });
    await redis.xack(stream.key, 'selector', '1-0', '4-0');
    expect(await stream.delivered()).toEqual({ last: 4, pending: 2 });
    await redis.xack(stream.key, 'selector', '2-0');
    expect(await stream.delivered()).toEqual({ last: 4, pending: undefined });
  });

  it('is trimmed up to the checkpoint', async () => {
    await stream.setUp(0);
    await stream.append(0, entries(1, 2, 4));
    expect([await stream.trim(3), await stream.trim(3)]).toEqual([2, 0]);
    expect(await ids()).toEqual(['4-0']);
    expect(await stream.trim(9)).toBe(1);
    expect(await stream.inspect()).toMatchObject({ last: 4, length: 0 });
  });
});
