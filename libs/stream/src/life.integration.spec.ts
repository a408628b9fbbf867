import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { deviceSpecUpdated, fleetDeleted, topology } from '@skein/events';
import { appendEntries, testRedis, waitFor, type TestRedis } from '@skein/testing';
import {
  Consumer,
  Deadlock,
  textOf,
  TransportScene,
  type Running,
} from '../test/transport-scene.js';
import { TopologyMismatch } from './stream-transport.js';

let place: TestRedis;
let scene: TransportScene;

const append = (...numbers: number[]) =>
  appendEntries(
    scene.redis,
    scene.stream,
    numbers.map((sequence) => ({ sequence, text: textOf(sequence) })),
  );
const acknowledged = () => waitFor(() => scene.isDone(), { message: 'all is acknowledged' });
const effects = ({ unit }: Running, ...numbers: number[]) =>
  waitFor(() => unit.effects.join() === numbers.join(), {
    message: `the effects are ${numbers.join()}`,
  });
/** A consumer that took entries and gave no sign of life for a minute. */
async function deadPeer(...numbers: number[]): Promise<void> {
  const { key, group } = scene.stream;
  const ids = numbers.map((number) => `${number}-0`);
  await scene.redis.xreadgroup(
    'GROUP',
    group,
    'dead',
    'COUNT',
    numbers.length,
    'STREAMS',
    key,
    '>',
  );
  await scene.redis.xclaim(key, group, 'dead', 0, ...ids, 'IDLE', 60_000, 'JUSTID');
}
const blocked = () => waitFor(() => scene.isBlocked(), { message: 'a blocked reader' });

beforeAll(async () => {
  place = await testRedis();
  scene = new TransportScene(place.url, place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
});
afterEach(() => scene.reset());

describe('a service with several partitions', () => {
  const partition = (number: number) => ({
    ...scene.stream,
    key: scene.stream.key.replace('.0}', `.${number}}`),
  });
  afterEach(() => scene.redis.del(partition(1).key));

  it('hears all of them, also one that is added while it runs', async () => {
    const running = await scene.start('one');
    await append(1);
    await effects(running, 1);
    await appendEntries(scene.redis, partition(1), [{ sequence: 2, text: textOf(2) }]);
    scene.partitions = [0, 1];
    await effects(running, 1, 2);
    expect(running.unit.partitions).toEqual(new Set([0, 1]));
  });

  it('goes on in one while another one is held up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    Consumer.handle = ([number]) => (number === 1 ? promise : undefined);
    scene.partitions = [0, 1];
    await append(1);
    await appendEntries(scene.redis, partition(1), [{ sequence: 2, text: textOf(2) }]);
    const running = await scene.start('one');
    await effects(running, 2);
    resolve();
    await effects(running, 2, 1);
  });

  it('leaves all of them when it stops', async () => {
    scene.partitions = [0, 1];
    await append(1);
    await appendEntries(scene.redis, partition(1), [{ sequence: 2, text: textOf(2) }]);
    const running = await scene.start('one');
    await waitFor(() => running.unit.effects.length === 2);
    await running.app.close();
    const { key, group } = partition(1);
    expect([await scene.consumers(), await scene.redis.xinfo('CONSUMERS', key, group)]).toEqual([
      [],
      [],
    ]);
  });
});

describe('a service whose handlers do not fit the topology', () => {
  @Controller()
  class Lacking {
    @EventPattern([...topology.selector].filter((type) => type !== fleetDeleted.type))
    any() {}
  }
  @Controller()
  class Excessive {
    @EventPattern([...topology.selector, deviceSpecUpdated.type])
    any() {}
  }

  it.each([
    ['lacks one', Lacking, `no handler for ${fleetDeleted.type}`],
    [
      'has one too many',
      Excessive,
      `handlers for ${deviceSpecUpdated.type}, which the topology does not send here`,
    ],
  ])('refuses to start when it %s, and reads nothing', async (_name, controller, message) => {
    await append(1);
    const error = await scene.start('one', controller).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TopologyMismatch);
    expect((error as Error).message).toContain(message);
    expect(await scene.consumers()).toEqual([]);
  });
});

describe('entries of a dead peer', () => {
  it('are taken over, and acknowledged', async () => {
    await append(1, 2, 3);
    await deadPeer(1, 2);
    const running = await scene.start('one');
    await effects(running, 1, 2, 3);
    await acknowledged();
  });

  it('are left alone while the peer gives signs of life', async () => {
    await append(1, 2);
    await scene.redis.xreadgroup(
      'GROUP',
      scene.stream.group,
      'alive',
      'COUNT',
      1,
      'STREAMS',
      scene.stream.key,
      '>',
    );
    const running = await scene.start('one');
    await effects(running, 2);
    await waitFor(async () => (await scene.pending()) === 1);
    expect(running.unit.effects).toEqual([2]);
  });
});

describe('a stream that is not there', () => {
  it('is waited for: the replayer makes it', async () => {
    const running = await scene.start('one');
    await append(1);
    await effects(running, 1);
    await acknowledged();
  });

  it('may be deleted while somebody reads it, and is read on when it is there again', async () => {
    await append(1);
    const running = await scene.start('one');
    await effects(running, 1);
    await acknowledged();
    await blocked();
    await scene.redis.del(scene.stream.key);
    await append(1, 2);
    await effects(running, 1, 2);
    await acknowledged();
  });

  it('may lose its group, and is read on when that is there again', async () => {
    await append(1);
    const running = await scene.start('one');
    await effects(running, 1);
    await blocked();
    await scene.redis.xgroup('DESTROY', scene.stream.key, scene.stream.group);
    await append(2);
    await effects(running, 1, 2);
    await acknowledged();
  });

  it('may vanish before the acknowledgement: what is delivered again takes no second effect', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    Consumer.handle = () => promise;
    await append(1);
    const running = await scene.start('one');
    await waitFor(() => Consumer.calls.length > 0);
    await scene.redis.del(scene.stream.key);
    finish();
    await append(1, 2);
    await effects(running, 1, 2);
    await acknowledged();
  });
});

describe('closing', () => {
  it('finishes what is in flight, acknowledges it, and leaves no consumer behind', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    Consumer.handle = () => promise;
    await append(1, 2);
    const { app, unit } = await scene.start('one');
    await waitFor(() => Consumer.calls.length > 0);
    let closed = false;
    const closing = app.close().then(() => (closed = true));
    await scene.redis.ping();
    expect([closed, unit.effects]).toEqual([false, []]);
    finish();
    await closing;
    expect([unit.effects, await scene.pending(), await scene.consumers()]).toEqual([[1, 2], 0, []]);
  });

  it('leaves no consumer behind when it waits for something to read', async () => {
    await append(1);
    const running = await scene.start('one');
    await effects(running, 1);
    await acknowledged();
    await blocked();
    await running.app.close();
    await append(2);
    expect([await scene.consumers(), await scene.pending(), running.unit.effects]).toEqual([
      [],
      0,
      [1],
    ]);
  });

  it('stays in the group with what it could not handle, so that a peer can take it over', async () => {
    Consumer.handle = () => {
      throw new Deadlock('deadlock detected');
    };
    await append(1);
    const { app, unit } = await scene.start('one');
    await waitFor(() => unit.tries.length > 0);
    await app.close();
    expect([await scene.consumers(), await scene.pending()]).toEqual([['one'], 1]);
  });

  it('works where there is no stream', async () => {
    const { app } = await scene.start('one');
    await app.close();
    expect(await scene.redis.exists(scene.stream.key)).toBe(0);
  });
});
