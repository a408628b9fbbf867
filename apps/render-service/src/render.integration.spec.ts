import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  deviceLabelsUpdated,
  devicesRendered,
  deviceSpecUpdated,
  newUid,
  repositorySpecUpdated,
  repositoryUsersWoken,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { encodeBundle } from '@skein/sources';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import {
  failuresOf,
  filesOf as filesIn,
  git,
  inline,
  membersOf,
  type Outside,
} from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked, wants } = stage;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string, fleet: string, version: string;

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ outside, harness, scene, make, device, fleet, version } = await stage.renew());
});
afterAll(() => stage.close());

const filesOf = (events: readonly Appended[], uid = device) => filesIn(scene.blobs, events, uid);

const site = '{{ .metadata.labels.site }}';

describe('what wakes it', () => {
  it('device render wakes on device created', async () => {
    const created = make.deviceIs(device, { spec: inline('own') });
    await harness.handle(created);
    expect(await wants()).toEqual([]);
    const matched = make.matched(null, device);
    await harness.handle(matched);
    const events = await worked();
    expect(events).toEqual([
      {
        type: devicesRendered.type,
        org,
        subject: device,
        version: 1,
        causationid: matched.event.id,
        data: {
          templateVersion: null,
          members: [expect.objectContaining({ device, renderedVersion: 1 })],
        },
      },
    ]);
    expect(await filesOf(events)).toEqual({ '/etc/file': 'own' });
    expect(await wants()).toEqual([]);
  });

  it("device render wakes on device's spec updated", async () => {
    await harness.handle(make.deviceIs(device), make.matched(null, device));
    expect(await worked()).toEqual([]);
    await harness.handle(
      harness.event(deviceSpecUpdated, device, { spec: inline('later'), generation: 2 }),
    );
    const events = await worked();
    expect(await filesOf(events)).toEqual({ '/etc/file': 'later' });
    await harness.handle(
      harness.event(deviceSpecUpdated, device, { spec: inline('last'), generation: 3 }),
    );
    expect(membersOf(await worked())).toMatchObject([{ renderedVersion: 2 }]);
  });

  it('device render wakes on device selected by a rollout', async () => {
    const other = newUid();
    await harness.handle(
      make.deviceIs(device, { labels: { site: 'lyon' } }),
      make.deviceIs(other, { labels: { site: 'nice' } }),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, inline(`at ${site}`)),
      make.selected(fleet, version, device, other),
    );
    const events = await worked();
    expect(events).toMatchObject([{ subject: fleet, data: { templateVersion: version } }]);
    expect(await filesOf(events, device)).toEqual({ '/etc/file': 'at lyon' });
    expect(await filesOf(events, other)).toEqual({ '/etc/file': 'at nice' });
  });

  it('device render wakes on referenced repository updated', async () => {
    const repository = newUid();
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.matched(null, device),
    );
    expect(await filesOf(await worked())).toEqual({ '/motd': 'hello' });
    outside.content = 'moved';
    const spec = { type: 'git', url: 'https://example.com/moved.git' };
    await harness.handle(
      harness.event(repositorySpecUpdated, repository, { spec, credentials: null }),
      harness.event(repositoryUsersWoken, repository, {
        name: 'config',
        fleets: [],
        devices: [device],
      }),
    );
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ renderedVersion: 2 }]);
    expect(await filesOf(events)).toEqual({ '/motd': 'moved' });
  });
});

describe('what it renders', () => {
  it('the frozen contents of the template version', async () => {
    const bundle = encodeBundle([{ path: 'a/b', mode: 0o600, content: Buffer.from('frozen') }]);
    const digest = await scene.blobs.put(org, bundle);
    await harness.handle(
      make.deviceIs(device),
      make.matched(fleet, device),
      make.versionIs(version, fleet, git('config'), {
        motd: { revision: 'abc', digest, size: bundle.length },
      }),
      make.selected(fleet, version, device),
    );
    expect(await filesOf(await worked())).toEqual({ '/a/b': 'frozen' });
  });

  it('equal documents as one blob, and the same version when nothing changed', async () => {
    const other = newUid();
    const later = newUid();
    await harness.handle(
      make.deviceIs(device),
      make.deviceIs(other),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, inline('same')),
      make.versionIs(later, fleet, inline('same')),
      make.selected(fleet, version, device, other),
    );
    const first = membersOf(await worked());
    expect(new Set(first.map(({ digest }) => digest)).size).toBe(1);
    await harness.handle(make.selected(fleet, later, device, other));
    const events = await worked();
    expect(events[0]?.data['templateVersion']).toBe(later);
    expect(membersOf(events)).toEqual(first);
  });

  it('the others, when one device cannot be rendered, and says what is wrong with it', async () => {
    const other = newUid();
    await harness.handle(
      make.deviceIs(device, { labels: { site: 'lyon' } }),
      make.deviceIs(other),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, inline(site)),
      make.selected(fleet, version, device, other),
    );
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ device, renderedVersion: 1 }]);
    expect(failuresOf(events)).toEqual([
      { device: other, message: expect.stringContaining('file: content of /etc/file') },
    ]);
    expect(await wants()).toEqual([]);
  });

  it('new labels only when they were matched and, in a fleet, selected', async () => {
    await harness.handle(
      make.deviceIs(device, { labels: { site: 'lyon' } }),
      make.matched(fleet, device),
      make.versionIs(version, fleet, inline(site)),
      make.selected(fleet, version, device),
    );
    await worked();
    await harness.handle(
      harness.event(deviceLabelsUpdated, device, { labels: { site: 'nice' } }),
      make.matched(fleet, device),
    );
    expect(await worked()).toEqual([]);
    await harness.handle(make.selected(fleet, version, device));
    expect(await filesOf(await worked())).toEqual({ '/etc/file': 'nice' });
  });

  it('nothing for a device that leaves its fleet without a spec, its own spec if it has one', async () => {
    await harness.handle(
      make.deviceIs(device),
      make.matched(fleet, device),
      make.versionIs(version, fleet, inline('fleet')),
      make.selected(fleet, version, device),
    );
    await worked();
    await harness.handle(make.matched(null, device));
    expect(await worked()).toEqual([]);
    await harness.handle(
      harness.event(deviceSpecUpdated, device, { spec: inline('own'), generation: 2 }),
    );
    expect(membersOf(await worked())).toMatchObject([{ renderedVersion: 2 }]);
  });
});
