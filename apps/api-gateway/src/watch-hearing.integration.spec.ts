import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, devicesMatched } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { fleet } from '../test/manifests.js';
import type { WatchClient } from '../test/watch-client.js';
import { WatchScene } from '../test/watch-scene.js';
import { ChangeFeed } from './resources/watch/change-feed.js';
import type { CatchUp } from './resources/watch/catch-up.js';
import type { LogTail } from './resources/watch/log-tail.js';
import { WatchService } from './resources/watch/watch.service.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, follow, watch, positionOf, put, settle, settled, uidOf, deliver, fail } = scene;

let owner: string;
let client: WatchClient;

beforeAll(async () => {
  await scene.open();
  await scene.heard.register();
});
beforeEach(async () => {
  scene.poisoned.clear();
  await call('PUT', '/fleets/f', fleet('f'));
  owner = await uidOf('fleets', 'f');
  for (const name of ['a', 'b']) await put(name);
  await settled();
  client = await follow('devices');
});
afterEach(async () => {
  await scene.hangUp();
  await scene.empty('fleets', 'devices', 'retries', 'parked', 'dead_letters');
});
afterAll(() => scene.close());

/** The selector says that the fleet owns these devices; resolves with the number of that. */
const matched = async (...names: string[]) => {
  const devices = await Promise.all(names.map((name) => uidOf('devices', name)));
  const about = { owner, labelsVersion: 1, multipleOwners: [] };
  const members = devices.map((device) => ({ device, ...about }));
  await scene.say(devicesMatched, org, { members });
  await settle();
  return scene.lastNumber();
};

const owned = (name: string) => client.known.get(name)?.metadata.owner === 'Fleet/f';

describe('a change that the gateway hears', () => {
  it('is told when it has taken effect, and not passed before; others do not wait for it', async () => {
    const number = await matched('a');
    const before = scene.app.get(ChangeFeed).settled.number;
    expect(before).toBe(number - 1);
    await put('b', { site: 'lyon' });
    await settle();
    await client.until(() => client.known.get('b')?.metadata.labels.site === 'lyon');
    expect(client.known.has('a')).toBe(false);
    expect(scene.app.get(ChangeFeed).settled.number).toBe(before);
    const { metadata } = await scene.listOf('devices', {});
    await deliver(number);
    await client.until(() => owned('a'));
    await settled();
    const { resourceVersion } = metadata;
    const late = await watch('devices', { resourceVersion });
    await late.until(() => late.types.includes('BOOKMARK'));
    expect(late.known.get('a').metadata.owner).toBe('Fleet/f');
  });

  it('is told by a gateway that did not handle it itself', async () => {
    const number = await matched('a');
    const feed = scene.app.get(ChangeFeed);
    const wake = feed.wake.bind(feed);
    feed.wake = () => undefined;
    await deliver(number);
    feed.wake = wake;
    await client.until(() => owned('a'));
  });

  it('that was heard while nobody watched is told to who watches then', async () => {
    await scene.hangUp();
    const resourceVersion = await positionOf('devices');
    const number = await matched('a');
    await waitFor(() => scene.app.get(ChangeFeed).reached.number === number);
    client = await watch('devices', { resourceVersion });
    await client.until(() => client.types.includes('BOOKMARK'));
    expect(owned('a')).toBe(false);
    await deliver(number);
    await client.until(() => owned('a'));
  });
});

describe('a change that has not taken effect', () => {
  it('is not passed by the position of who begins to watch', async () => {
    const resourceVersion = await positionOf('devices');
    const number = await matched('a');
    await waitFor(() => scene.app.get(ChangeFeed).reached.number === number);
    const early = await watch('devices', { resourceVersion });
    await early.until(() => early.types.includes('BOOKMARK'));
    await early.close();
    await deliver(number);
    await settled();
    const again = await watch('devices', {}, { 'last-event-id': early.lastId! });
    await again.until(() => again.types.includes('BOOKMARK'));
    expect(again.known.get('a')?.metadata.owner).toBe('Fleet/f');
  });
});

describe('a change that takes effect after it was read for a client, and before he watches with others', () => {
  it('is told to him', async () => {
    const resourceVersion = await positionOf('devices');
    const number = await matched('a');
    await waitFor(() => scene.app.get(ChangeFeed).reached.number === number);
    const { catchUp } = scene.app.get<unknown, { catchUp: CatchUp }>(WatchService);
    const tellLongPast = catchUp.tellLongPast.bind(catchUp);
    catchUp.tellLongPast = async (...of) => {
      const told = await tellLongPast(...of);
      await deliver(number);
      await client.until(() => owned('a'));
      return told;
    };
    const late = await watch('devices', { resourceVersion });
    await late.until(() => late.types.includes('BOOKMARK'));
    catchUp.tellLongPast = tellLongPast;
    await late.until(() => late.known.get('a')?.metadata.owner === 'Fleet/f');
  });
});

describe('a change that is read while nobody watches', () => {
  it('is told to who begins to watch before it is taken in', async () => {
    await scene.hangUp();
    const { tail } = scene.app.get<unknown, { tail: LogTail }>(ChangeFeed);
    const after = tail.after.bind(tail);
    const [reads, goes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const before = scene.app.get(ChangeFeed).reached.number;
    tail.after = async (number, wanted) => {
      const found = await after(number, wanted);
      if (number !== before || wanted.data || found.steps.length === 0) return found;
      reads.resolve();
      await goes.promise;
      return found;
    };
    const resourceVersion = await positionOf('devices');
    await put('a', { read: 'blindly' });
    await scene.number();
    await reads.promise;
    client = await watch('devices', { resourceVersion });
    await client.until(() => client.types.includes('BOOKMARK'));
    expect(client.told).toEqual([]);
    tail.after = after;
    goes.resolve();
    await client.until(() => client.told.includes('MODIFIED a'));
  });
});

describe('a change that is handled late', () => {
  it.each([
    ['failed', (number: number) => fail(number)],
    ['was parked', (number: number) => scene.heard.park(number, 'an older build')],
  ])('since it %s is passed, and told when it has taken effect', async (_why, putDown) => {
    const number = await matched('a');
    await putDown(number);
    await settled();
    await put('b', { site: 'nice' });
    await settled();
    await client.until(() => client.known.get('b')?.metadata.labels.site === 'nice');
    expect(owned('a')).toBe(false);
    await scene.heard.wakeParked();
    await scene.retry();
    await settle();
    await client.until(() => owned('a'));
  });

  it('by somebody who is asked to try a dead letter again is told', async () => {
    const number = await matched('a');
    await scene.heard.bury(number, 1, 'poison');
    await settled();
    await scene.postgres.query('select gateway.retry_dead_letters($1)', [[number]]);
    await scene.retry();
    await settle();
    await client.until(() => owned('a'));
  });

  it('as a member of an event whose other members took effect is told', async () => {
    const number = await matched('a', 'b');
    scene.poisoned.add(await uidOf('devices', 'a'));
    await deliver(number);
    await client.until(() => owned('b'));
    await settled();
    expect(owned('a')).toBe(false);
    scene.poisoned.clear();
    await scene.retry();
    await settle();
    await client.until(() => owned('a'));
  });

  it('is told to those who go on from a position after it', async () => {
    const number = await matched('a');
    await fail(number);
    await settled();
    await put('b', { site: 'lille' });
    await settle();
    await client.until(() => client.known.get('b')?.metadata.labels.site === 'lille');
    await client.close();
    await scene.retry();
    await settled();
    const next = await watch('devices', {}, { 'last-event-id': client.lastId! });
    await next.until(() => next.types.includes('BOOKMARK'));
    expect(next.known.get('a')?.metadata.owner).toBe('Fleet/f');
  });
});

describe('a log that is another one than before', () => {
  it('ends all watches, and what was known of it is refused', async () => {
    const resourceVersion = await positionOf('devices');
    await scene.admin.query('truncate log.events, log.sequence');
    await client.until(() => client.isOver);
    expect(client.sent.at(-1)!.object).toMatchObject({ code: 410, reason: 'Expired' });
    expect((await watch('devices', { resourceVersion })).code).toBe(410);
    await put('a', { after: 'all' });
    await settled();
    const again = await follow('devices');
    await put('a', { after: 'that' });
    await settle();
    await again.until(() => again.known.get('a')?.metadata.labels.after === 'that');
  });

  it('is so, too, when the gateway handles anew what it has heard', async () => {
    await scene.admin.query(
      `update log.checkpoints set number = 2, pruned = 2 where service = 'gateway'`,
    );
    await settled();
    await put('a', { x: 'y' });
    await settle();
    await client.until(() => client.known.has('a'));
    await scene.admin.query(
      `update log.checkpoints set number = 0, pruned = 0 where service = 'gateway'`,
    );
    await client.until(() => client.isOver);
    expect(client.sent.at(-1)!.object).toMatchObject({ code: 410 });
  });
});
