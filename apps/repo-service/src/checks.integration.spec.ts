import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  newUid,
  repositoryAccessChecked,
  repositoryContentsChanged,
  repositoryDeleted,
  repositoryUsersWoken,
  type EventDefinition,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Postgres } from '@skein/postgres';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import { FileServer, GitRepository } from '../test/outside.js';
import { git, http } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let postgres: Postgres;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let server: FileServer;
let source: GitRepository;
let r: string,
  f: string,
  count = 0;

beforeAll(async () => {
  await stage.open();
  ({ postgres } = stage);
  scene = await stage.replica();
});
beforeEach(async () => {
  ({ harness, make } = await stage.renew(scene));
  server = new FileServer();
  await server.start();
  source = new GitRepository(join(stage.folder, `repository-${(count += 1)}`));
  [r, f] = [newUid(), newUid()];
});
afterEach(() => server.stop());
afterAll(() => stage.close());

const gitSpec = () => ({ type: 'git', url: source.url });
const httpSpec = () => ({ type: 'http', url: server.url });
/** Does all checks that are due, and answers what was appended since the last look. */
async function checked(): Promise<Appended[]> {
  while ((await scene.task.work.once()) > 0);
  return harness.appended();
}
/** The next check of every repository, as if its interval had passed. */
async function next(): Promise<Appended[]> {
  await postgres.query('update repo.wants set due = now()');
  return checked();
}
const dataOf = (events: readonly Appended[], { type }: EventDefinition) =>
  events.filter((event) => event.type === type).map(({ data }) => data);
const wokenBy = (events: readonly Appended[]) => dataOf(events, repositoryUsersWoken);
const wants = () =>
  postgres.query<{ attempts: number; reason: string | null; wait: number }>(
    `select attempts, reason, extract(epoch from due - now())::float8 as wait from repo.wants`,
  );
const accessible = { accessible: true, reason: 'Accessible' };

describe('a git repository', () => {
  it('is told of when it is accessible, once, and then says nothing while nothing changes', async () => {
    source.commit('one');
    await harness.handle(make.repositoryIs(r, 'config', gitSpec()));
    const events = await checked();
    expect(events).toMatchObject([{ type: repositoryAccessChecked.type, subject: r, version: 1 }]);
    expect(dataOf(events, repositoryAccessChecked)).toMatchObject([accessible]);
    expect(await next()).toEqual([]);
    expect(await next()).toEqual([]);
    const [want] = await wants();
    expect(want).toMatchObject({ attempts: 0, reason: null });
    expect(want!.wait).toBeGreaterThan(50);
    expect(want!.wait).toBeLessThanOrEqual(66);
  });

  it('whose branch moved wakes who uses that branch, and nobody else', async () => {
    const [other, device] = [newUid(), newUid()];
    source.commit('two', 'stage');
    source.commit('one');
    await harness.handle(
      make.repositoryIs(r, 'config', gitSpec()),
      make.fleetIs(f, [git('config'), git('config', 'main', '/etc')]),
      make.deviceIs(device, [git('config')]),
      make.fleetIs(other, [git('config', 'stage')]),
    );
    const first = await checked();
    // Who fetched before or after a change that nobody saw.
    expect(wokenBy(first)).toMatchObject([{ name: 'config', fleets: [f, other].sort() }]);
    expect(dataOf(first, repositoryContentsChanged)).toEqual([]);
    const revision = source.commit('moved');
    const events = await next();
    expect(dataOf(events, repositoryContentsChanged)).toEqual([
      { name: 'config', changes: [{ reference: 'git main', revision }] },
    ]);
    expect(wokenBy(events)).toEqual([{ name: 'config', fleets: [f], devices: [device] }]);
    expect(events).toHaveLength(2);
    expect(await next()).toEqual([]);
  });

  it('wakes for any change where the revision depends on the device', async () => {
    source.commit('one');
    await harness.handle(
      make.repositoryIs(r, 'config', gitSpec()),
      make.fleetIs(f, [git('config', '{{ .metadata.labels.stage }}')]),
    );
    await checked();
    const revision = source.commit('two');
    expect(dataOf(await next(), repositoryContentsChanged)).toEqual([
      { name: 'config', changes: [{ reference: 'repository', revision }] },
    ]);
  });

  it('without the branch stays accessible, and wakes when the branch is there', async () => {
    source.commit('one');
    await harness.handle(
      make.repositoryIs(r, 'config', gitSpec()),
      make.fleetIs(f, [git('config', 'stage')]),
    );
    const events = await checked();
    expect(events).toHaveLength(1);
    expect(dataOf(events, repositoryAccessChecked)).toMatchObject([accessible]);
    expect(await next()).toEqual([]);
    source.commit('two', 'stage');
    expect(wokenBy(await next())).toEqual([{ name: 'config', fleets: [f], devices: [] }]);
  });

  it('that is not there is not accessible, and the reason is told', async () => {
    const url = `${server.url}/nothing`;
    await harness.handle(make.repositoryIs(r, 'config', { type: 'git', url }));
    const message = 'Repository "config": there is no git repository at the URL';
    expect(dataOf(await checked(), repositoryAccessChecked)).toEqual([
      { accessible: false, reason: 'NotFound', message },
    ]);
    expect(await wants()).toMatchObject([{ attempts: 1, reason: message }]);
  });

  it('is looked at at once when it changed, and not when it is deleted', async () => {
    source.commit('one');
    await harness.handle(make.repositoryIs(r, 'config', httpSpec()));
    expect(dataOf(await checked(), repositoryAccessChecked)).toMatchObject([{ accessible: false }]);
    await harness.handle(make.specIs(r, gitSpec()));
    expect(dataOf(await checked(), repositoryAccessChecked)).toMatchObject([accessible]);
    await harness.handle(harness.event(repositoryDeleted, r, { name: 'config' }));
    expect(await next()).toEqual([]);
    expect(await wants()).toEqual([]);
    expect(await postgres.query('select from repo.contents')).toEqual([]);
  });

  it('is looked at where it is referred to now, and what was seen elsewhere is forgotten', async () => {
    source.commit('two', 'stage');
    source.commit('one');
    await harness.handle(
      make.repositoryIs(r, 'config', gitSpec()),
      make.fleetIs(f, [git('config')]),
    );
    await checked();
    await harness.handle(make.templateIs(f, [git('config', 'stage')]));
    expect(wokenBy(await checked())).toEqual([{ name: 'config', fleets: [f], devices: [] }]);
    const seen = await postgres.query('select reference from repo.contents');
    expect(seen).toEqual([{ reference: 'git stage' }]);
    source.commit('of no concern');
    expect(await next()).toEqual([]);
  });
});

describe('an HTTP repository', () => {
  beforeEach(async () => {
    server.files.set('/list', { content: 'one', etag: '"1"' });
    await harness.handle(
      make.repositoryIs(r, 'feed', httpSpec()),
      make.fleetIs(f, [http('feed', '/list')]),
    );
  });

  it('gives the body once while its ETag is the same', async () => {
    await checked();
    for (let look = 0; look < 3; look += 1) expect(await next()).toEqual([]);
    expect(server.sent).toEqual(['/list']);
    expect(server.asked).toHaveLength(4);
    server.files.set('/list', { content: 'one', etag: '"2"' });
    expect(await next()).toEqual([]);
    server.files.set('/list', { content: 'two', etag: '"3"' });
    expect(wokenBy(await next())).toEqual([{ name: 'feed', fleets: [f], devices: [] }]);
  });

  it('is not accessible while its server is away, waits longer each time, and is told of when it is back', async () => {
    expect(dataOf(await checked(), repositoryAccessChecked)).toMatchObject([accessible]);
    await server.stop();
    const events = await next();
    expect(dataOf(events, repositoryAccessChecked)).toMatchObject([
      { accessible: false, reason: 'Unreachable', message: expect.stringContaining('no answer') },
    ]);
    expect(events).toHaveLength(1);
    expect(await next()).toEqual([]);
    expect(await next()).toEqual([]);
    const [want] = await wants();
    expect(want!.attempts).toBe(3);
    expect(want!.wait).toBeGreaterThan(200);
    await server.start();
    const back = await next();
    expect(dataOf(back, repositoryAccessChecked)).toMatchObject([accessible]);
    expect(back).toHaveLength(1);
    expect(await wants()).toMatchObject([{ attempts: 0, reason: null }]);
  });

  it('is as accessible as its suffix for validation', async () => {
    server.files.set('/health', { content: 'fine', etag: '"h"' });
    const [other, validationSuffix] = [newUid(), '/health'];
    await harness.handle(make.repositoryIs(other, 'other', { ...httpSpec(), validationSuffix }));
    await checked();
    await next();
    expect(server.sent.filter((path) => path === '/health')).toHaveLength(1);
    server.files.delete('/health');
    const [told] = (await next()).filter(({ subject }) => subject === other);
    expect(told?.data).toMatchObject({ accessible: false, reason: 'NotFound' });
  });
});

describe('somebody who was heard of late', () => {
  it('is woken for what changed meanwhile, and for nothing older', async () => {
    source.commit('one');
    await harness.handle(
      make.repositoryIs(r, 'config', gitSpec()),
      make.fleetIs(f, [git('config')]),
    );
    const [late, later] = [newUid(), newUid()];
    const before = make.fleetIs(late, [git('config')]);
    await checked();
    const events = await harness.handle(before);
    expect(wokenBy(events)).toEqual([{ name: 'config', fleets: [late], devices: [] }]);
    expect(await harness.handle(make.fleetIs(later, [git('config')]))).toEqual([]);
  });
});
