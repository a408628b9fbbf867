import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  fleetValidated,
  newUid,
  repositorySpecUpdated,
  templateVersionCreated,
  type JsonObject,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { SourceError } from '@skein/sources';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import { assemble, configFor, eventsBy, git, Outside, templateOf } from '../test/scene.js';

let database: MigratedDatabase;
let postgres: Postgres;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Awaited<ReturnType<typeof assemble>>;
let make: ReturnType<typeof eventsBy>;
let fleet: string, repository: string;

beforeAll(async () => {
  database = await migratedDatabase(['validation']);
  postgres = await Postgres.open({ url: database.urlOf('validation'), applicationName: 'test' });
});
beforeEach(async () => {
  outside = new Outside();
  scene = await assemble(postgres, configFor(database.urlOf('validation'), '/unused'), outside);
  harness = consumerHarness({ ...database, postgres, ...scene });
  make = eventsBy(harness.event);
  [fleet, repository] = [newUid(), newUid()];
  await harness.appended();
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

async function worked(): Promise<Appended[]> {
  while ((await scene.task.work.once()) > 0);
  return harness.appended();
}
const dataOf = (events: readonly Appended[], { type }: { type: string }) =>
  events.find((event) => event.type === type)?.data;
const perSite = (name: string): JsonObject => ({
  name,
  gitRef: { repository: 'config', targetRevision: 'main', path: '{{ .metadata.labels.site }}' },
});
const updated = (url: string) =>
  harness.event(repositorySpecUpdated, repository, {
    spec: { type: 'git', url },
    credentials: null,
  });

describe('a template with references that depend on the device', () => {
  it('is valid, and freezes only what is the same for every device', async () => {
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.fleetIs(fleet, templateOf(git('config'), perSite('site'))),
    );
    const events = await worked();
    expect(dataOf(events, fleetValidated)).toMatchObject({ valid: true });
    const version = dataOf(events, templateVersionCreated);
    expect(version).toMatchObject({ name: 'v1' });
    expect(Object.keys(version?.['frozen'] as JsonObject)).toEqual(['motd']);
    expect(outside.asked).toHaveLength(1);
  });

  it('is invalid without the repository, or with one of another type, and names the items', async () => {
    const feed = {
      name: 'feed',
      httpRef: { repository: 'config', suffix: '/{{ .metadata.name }}' },
    };
    const path = { httpRef: { ...feed.httpRef, filePath: '/etc/feed' } };
    await harness.handle(make.fleetIs(fleet, templateOf(perSite('site'), { ...feed, ...path })));
    const missing = 'there is no repository "config"';
    expect(dataOf(await worked(), fleetValidated)).toMatchObject({
      reason: 'Invalid',
      message: `site: ${missing}; feed: ${missing}`,
    });
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.woken(repository, 'config', [fleet]),
    );
    expect(dataOf(await worked(), fleetValidated)).toMatchObject({
      reason: 'Invalid',
      message: 'feed: the reference is http, but repository "config" is of type git',
    });
  });

  it('makes a new version when the repository changed, and none when it did not', async () => {
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.fleetIs(fleet, templateOf(perSite('site'))),
    );
    await worked();
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(await worked()).toEqual([]);
    await harness.handle(
      updated('https://example.com/moved.git'),
      make.woken(repository, 'config', [fleet]),
    );
    const moved = dataOf(await worked(), templateVersionCreated);
    expect(moved?.['name']).toMatch(/^v1-[0-9a-f]{8}$/);
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(await worked()).toEqual([]);
  });

  it('makes a new version when what is in the repository changed, and none when it did not', async () => {
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.fleetIs(fleet, templateOf(perSite('site'))),
    );
    await worked();
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(await worked()).toEqual([]);
    outside.content = 'another commit';
    await harness.handle(make.woken(repository, 'config', [fleet]));
    const version = dataOf(await worked(), templateVersionCreated);
    expect(version).toMatchObject({ name: expect.stringMatching(/^v1-[0-9a-f]{8}$/), frozen: {} });
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(await worked()).toEqual([]);
  });

  it('waits for a repository that does not answer, and names what a person must mend', async () => {
    outside.error = new SourceError('unreachable', 'nobody answers');
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.fleetIs(fleet, templateOf(perSite('site'))),
    );
    expect(dataOf(await worked(), fleetValidated)).toMatchObject({
      reason: 'Waiting',
      message: 'site: nobody answers',
    });
    outside.error = new SourceError('denied', 'who are you?');
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(dataOf(await worked(), fleetValidated)).toMatchObject({
      reason: 'Invalid',
      message: 'site: who are you?',
    });
    outside.error = undefined;
    await harness.handle(make.woken(repository, 'config', [fleet]));
    expect(dataOf(await worked(), templateVersionCreated)).toMatchObject({ name: 'v1' });
  });
});
