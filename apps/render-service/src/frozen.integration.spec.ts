import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  deviceDeleted,
  deviceLabelsUpdated,
  deviceSpecUpdated,
  newUid,
  repositoryUsersWoken,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { SourceError } from '@skein/sources';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { failuresOf, filesOf, git, gitAt, membersOf, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked, wants, dueNow } = stage;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string, fleet: string, version: string;
const [other, later, repository] = [newUid(), newUid(), newUid()];

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ outside, harness, scene, make, device, fleet, version } = await stage.renew());
  await harness.handle(make.repositoryIs(repository, 'config'));
});
afterAll(() => stage.close());

const perSite = gitAt('sites/{{ .metadata.labels.site }}', '{{ .metadata.labels.branch }}');
const at = (site: string, branch = 'main') => ({ labels: { site, branch } });
const joins = async (uid: string, site: string, spec = perSite) => {
  await harness.handle(
    make.deviceIs(uid, at(site)),
    make.matched(fleet, uid),
    make.versionIs(version, fleet, spec),
    make.selected(fleet, version, uid),
  );
};
const paths = () => outside.asked.map((request) => request.type === 'git' && request.path);
const rows = () => stage.postgres.query('select from render.frozen');

describe('a reference with device parameters', () => {
  it('is rendered for each device, with its own labels in every part', async () => {
    await harness.handle(make.repositoryIs(newUid(), 'web', { type: 'http' }));
    const spec = {
      config: [
        ...(perSite['config'] as object[]),
        {
          name: 'feed',
          httpRef: {
            repository: 'web',
            suffix: '/{{ .metadata.labels.site | upper }}?v={{ .metadata.labels.branch }}',
            filePath: '/etc/{{ .metadata.labels.site }}',
          },
        },
      ],
    };
    await joins(device, 'lyon', spec);
    const events = await worked();
    expect(outside.asked).toMatchObject([
      { type: 'git', targetRevision: 'main', path: 'sites/lyon' },
      { type: 'http', suffix: '/LYON?v=main' },
    ]);
    expect(await filesOf(scene.blobs, events, device)).toEqual({
      '/motd': 'hello',
      '/etc/lyon': 'hello',
    });
    expect(await wants()).toEqual([]);
  });

  it('is frozen at its first use: who comes later gets the same bytes, and nobody is asked', async () => {
    await joins(device, 'lyon');
    const first = await worked();
    outside.content = 'moved';
    await joins(other, 'lyon');
    const second = await worked();
    expect(await filesOf(scene.blobs, second, other)).toEqual({ '/motd': 'hello' });
    expect(membersOf(second)[0]?.digest).toBe(membersOf(first)[0]?.digest);
    expect(paths()).toEqual(['sites/lyon']);
    await joins(later, 'nice');
    expect(await filesOf(scene.blobs, await worked(), later)).toEqual({ '/motd': 'moved' });
  });

  it('is one fetch, however many items and devices need it at once', async () => {
    const [item] = perSite['config'] as object[];
    const spec = { config: [item, { ...item, name: 'same' }] } as never;
    const devices = Array.from({ length: 1_100 }, () => newUid());
    await harness.handle(
      ...devices.map((uid) => make.deviceIs(uid, at('lyon'))),
      make.versionIs(version, fleet, spec),
      make.matched(fleet, ...devices.slice(0, 1_000)),
      make.matched(fleet, ...devices.slice(1_000)),
      make.selected(fleet, version, ...devices.slice(0, 1_000)),
      make.selected(fleet, version, ...devices.slice(1_000)),
    );
    const failures = failuresOf(await worked());
    expect(paths()).toEqual(['sites/lyon']);
    // The items write the same path, which only the contents show.
    expect(failures.map((each) => each.device).sort()).toEqual(devices.sort());
    expect(failures[0]?.message).toBe('same: path /motd is also written by config item "motd"');
  });

  it('is fetched anew for a new template version', async () => {
    await joins(device, 'lyon');
    await worked();
    outside.content = 'moved';
    await harness.handle(
      make.versionIs(later, fleet, perSite),
      make.selected(fleet, later, device),
    );
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ renderedVersion: 2 }]);
    expect(await filesOf(scene.blobs, events, device)).toEqual({ '/motd': 'moved' });
  });

  it('fails only the device that lacks a label, and names item and key', async () => {
    await joins(device, 'lyon', gitAt('sites/{{ .metadata.labels.site }}'));
    await harness.handle(
      make.deviceIs(other),
      make.matched(fleet, other),
      make.selected(fleet, version, other),
    );
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ device }]);
    expect(failuresOf(events)).toEqual([
      {
        device: other,
        message: 'motd: path: line 1, column 10: there is no key "site" in ".metadata.labels"',
      },
    ]);
    expect(paths()).toEqual(['sites/lyon']);
  });

  it('that leads nowhere fails its devices, and is asked for again when they are selected again', async () => {
    outside.refuses = ({ type, ...request }) =>
      type === 'git' && (request as { path: string }).path === 'sites/nice'
        ? new SourceError('not-found', 'there is no path sites/nice')
        : undefined;
    await joins(device, 'lyon');
    await joins(other, 'nice');
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ device }]);
    expect(failuresOf(events)).toEqual([
      { device: other, message: 'motd: there is no path sites/nice' },
    ]);
    expect(await wants()).toEqual([]);
    await harness.handle(make.selected(fleet, version, other));
    expect(failuresOf(await worked())).toHaveLength(1);
    outside.refuses = undefined;
    await harness.handle(make.selected(fleet, version, other));
    expect(membersOf(await worked())).toMatchObject([{ device: other, renderedVersion: 1 }]);
    expect(paths().toSorted()).toEqual(['sites/lyon', 'sites/nice', 'sites/nice', 'sites/nice']);
  });

  it('waits for a repository that is down, with the reason, asked once for all its devices', async () => {
    // Wanted anew, it would have another number, and be due at once.
    const numbers = () => stage.postgres.query('select number from render.wants');
    outside.error = new SourceError('unreachable', 'nobody answers');
    await joins(device, 'lyon');
    await worked();
    const before = await numbers();
    await joins(other, 'lyon');
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([{ kind: 'contents', reason: 'motd: nobody answers' }]);
    expect(await numbers()).toEqual(before);
    outside.error = undefined;
    await dueNow();
    const members = membersOf(await worked());
    expect(members.map((each) => each.device).sort()).toEqual([device, other].sort());
    expect(await wants()).toEqual([]);
  });

  it('comes back soon from a repository that others are at', async () => {
    outside.error = new SourceError('busy', 'others');
    await joins(device, 'lyon');
    await worked();
    const [want] = await stage.postgres.query(
      "select attempts, reason, due - now() between '1 s' and '3 s' as soon from render.wants",
    );
    expect(want).toEqual({ attempts: 0, reason: 'motd: others', soon: true });
  });

  it('is not fetched any more when nobody waits for it', async () => {
    outside.error = new SourceError('unreachable', 'nobody answers');
    await joins(device, 'lyon');
    await worked();
    await harness.handle(harness.event(deviceDeleted, device, { name: 'device' }));
    await dueNow();
    expect(await worked()).toEqual([]);
    expect(paths()).toEqual(['sites/lyon']);
    expect(await wants()).toEqual([]);
  });
});

describe('the contents of a device without a fleet', () => {
  const alone = async () => {
    await harness.handle(
      make.deviceIs(device, { ...at('lyon'), spec: git('config') }),
      make.matched(null, device),
    );
    expect(await filesOf(scene.blobs, await worked(), device)).toEqual({ '/motd': 'hello' });
    outside.content = 'moved';
  };

  it('stay the same while its generation does', async () => {
    await alone();
    await harness.handle(
      harness.event(deviceLabelsUpdated, device, at('nice')),
      make.matched(null, device),
    );
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ renderedVersion: 1 }]);
    expect(await filesOf(scene.blobs, events, device)).toEqual({ '/motd': 'hello' });
    expect(paths()).toEqual(['etc']);
  });

  it('are fetched anew for a new generation, and the old ones are forgotten', async () => {
    await alone();
    await harness.handle(
      harness.event(deviceSpecUpdated, device, {
        spec: { ...git('config'), systemd: {} },
        generation: 2,
      }),
    );
    expect(await filesOf(scene.blobs, await worked(), device)).toEqual({ '/motd': 'moved' });
    expect(await rows()).toHaveLength(1);
    await harness.handle(harness.event(deviceDeleted, device, { name: 'device' }));
    expect(await rows()).toEqual([]);
  });

  it('are fetched anew when a repository changed; equal ones make no new document', async () => {
    await alone();
    const woken = () =>
      harness.event(repositoryUsersWoken, repository, {
        name: 'config',
        fleets: [],
        devices: [device],
      });
    await harness.handle(woken());
    const events = await worked();
    expect(membersOf(events)).toMatchObject([{ renderedVersion: 2 }]);
    expect(await filesOf(scene.blobs, events, device)).toEqual({ '/motd': 'moved' });
    await harness.handle(woken());
    expect(membersOf(await worked())).toMatchObject([{ renderedVersion: 2 }]);
    expect(paths()).toEqual(['etc', 'etc', 'etc']);
  });
});
