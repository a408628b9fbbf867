import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { encodeBundle } from '@skein/sources';
import { Wants, type ClaimedWant } from '@skein/task';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { filesOf, gitAt, membersOf, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';
import { RenderSweep } from './render.sweep.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked, wants } = stage;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string, fleet: string, version: string;
const other = newUid();

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ outside, harness, scene, make, device, fleet, version } = await stage.renew());
  await harness.handle(make.repositoryIs(newUid(), 'config'));
  await joins(device);
});
afterAll(() => stage.close());

async function joins(uid: string): Promise<void> {
  await harness.handle(
    make.deviceIs(uid, { labels: { site: 'lyon' } }),
    make.matched(fleet, uid),
    make.versionIs(version, fleet, gitAt('{{ .metadata.labels.site }}')),
    make.selected(fleet, version, uid),
  );
}

async function claimed(): Promise<ClaimedWant> {
  await scene.loops.once();
  const [want] = await new Wants('render').claim(stage.postgres, 1, 'contents');
  return want!;
}
const bundle = (content: string) =>
  scene.blobs.put(
    org,
    encodeBundle([{ path: 'motd', mode: 0o644, content: Buffer.from(content) }]),
  );
const signal = () => new AbortController().signal;

describe('the first to write wins', () => {
  it('when two replicas have fetched different bytes of one reference', async () => {
    const want = await claimed();
    // The slow one has its answer first, and writes last.
    const { promise, resolve } = Promise.withResolvers<void>();
    outside.content = 'slow';
    outside.meanwhile = () => promise;
    const slow = scene.fetcher.fetch(want, signal());
    while (outside.asked.length === 0) await setTimeout(10);
    outside.content = 'fast';
    outside.meanwhile = undefined;
    await scene.fetcher.fetch(want, signal());
    const first = await worked();
    expect(await filesOf(scene.blobs, first, device)).toEqual({ '/motd': 'fast' });
    resolve();
    await slow;
    await joins(other);
    const second = await worked();
    expect(outside.asked).toHaveLength(2);
    expect(membersOf(second)).toMatchObject([
      { device: other, digest: membersOf(first)[0]?.digest },
    ]);
  });

  it('also over a failure of who comes second', async () => {
    const want = await claimed();
    outside.meanwhile = async () => {
      outside.meanwhile = undefined;
      await scene.fetcher.fetch(want, signal());
      throw Object.assign(new Error('gone by now'), { retryable: false });
    };
    await scene.fetcher.fetch(want, signal());
    expect(membersOf(await worked())).toMatchObject([{ device, renderedVersion: 1 }]);
  });

  it('and a device that asks meanwhile is not left waiting', async () => {
    const want = await claimed();
    await joins(other);
    await stage.postgres.transaction(async (transaction) => {
      const place = { org, dueNumber: 0, device: '00000000-0000-0000-0000-000000000000' };
      const taken = await scene.devices.take(transaction, place, 10);
      const { asking } = await scene.readiness.of(transaction, org, taken);
      expect(asking).toMatchObject([{ device: { device: other } }]);
      // Frozen after it was found missing, and before it is asked for.
      await scene.fetcher.fetch(want, signal());
      await scene.asker.ask(transaction, org, { asking, origins: new Map() });
    });
    const members = membersOf(await worked());
    expect(members.map((member) => member.device).sort()).toEqual([device, other].sort());
    expect(await wants()).toEqual([]);
  });

  /** Asks for what the device that has joined needs, and does something before it commits. */
  const asked = (meanwhile: () => unknown) =>
    stage.postgres.transaction(async (transaction) => {
      const place = { org, dueNumber: 0, device: '00000000-0000-0000-0000-000000000000' };
      const taken = await scene.devices.take(transaction, place, 10);
      const { asking } = await scene.readiness.of(transaction, org, taken);
      await scene.asker.ask(transaction, org, { asking, origins: new Map() });
      meanwhile();
      await setTimeout(300);
    });

  it('and one that has asked, but not committed, when the other comes to write', async () => {
    const want = await claimed();
    await joins(other);
    let writing: Promise<void> | undefined;
    await asked(() => (writing = scene.fetcher.fetch(want, signal())));
    await writing;
    expect(membersOf(await worked())).toHaveLength(2);
    expect(await wants()).toEqual([]);
  });

  it('and one that has asked, but not committed, when nobody else waits any more', async () => {
    const want = await claimed();
    await harness.handle(harness.event(deviceDeleted, device, { name: 'device' }));
    await joins(other);
    let writing: Promise<void> | undefined;
    await asked(() => (writing = scene.fetcher.fetch(want, signal())));
    await writing;
    expect(membersOf(await worked())).toMatchObject([{ device: other }]);
    expect(await wants()).toEqual([]);
  });
});

it('goes on where a process that had just written was killed, and asks nobody again', async () => {
  const want = await claimed();
  const frozen = { revision: 'abc', digest: await bundle('before'), size: 1 };
  await scene.asked.settle(want, { frozen }, 1);
  expect(await worked()).toEqual([]);
  await stage.dueNow();
  const events = await worked();
  expect(await filesOf(scene.blobs, events, device)).toEqual({ '/motd': 'before' });
  expect(outside.asked).toEqual([]);
});

describe('the sweep', () => {
  const sweep = () => {
    const found = new RenderSweep(scene.devices);
    return scene.unit.sweep((batch) => found.find(batch));
  };

  it('finds a device whose reference nobody is about to fetch, and then nothing', async () => {
    await scene.loops.once();
    await sweep();
    expect(await wants()).toMatchObject([{ kind: 'contents' }]);
    await stage.postgres.query('delete from render.wants');
    expect(await worked()).toEqual([]);
    await sweep();
    expect(await wants()).toMatchObject([{ kind: 'device' }]);
    expect(membersOf(await worked())).toMatchObject([{ device }]);
    await sweep();
    expect(await wants()).toEqual([]);
  });

  it('finds a device that was not told that its reference is frozen', async () => {
    const want = await claimed();
    await scene.fetcher.fetch(want, signal());
    await stage.postgres.query(
      'update render.devices set set_aside_number = due_number, waits_for = $1',
      [want.uid],
    );
    expect(await worked()).toEqual([]);
    await sweep();
    expect(membersOf(await worked())).toMatchObject([{ device }]);
  });
});
