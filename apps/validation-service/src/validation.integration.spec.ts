import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openBlobs, SealedStore, Sealer } from '@skein/blobs';
import {
  DEFAULT_ORGANISATION as org,
  fleetValidated,
  newUid,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  templateVersionCreated,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { createSources, decodeBundle, SourceError, type Source } from '@skein/sources';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import { assemble, configFor, eventsBy, git, Outside, templateOf } from '../test/scene.js';
import type { ValidationConfig } from './validation.config.js';

let database: MigratedDatabase;
let postgres: Postgres;
let folder: string;
let config: ValidationConfig;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Awaited<ReturnType<typeof assemble>>;
let make: ReturnType<typeof eventsBy>;

async function start(source: Source): Promise<void> {
  scene = await assemble(postgres, config, source);
  harness = consumerHarness({ ...database, postgres, ...scene });
  make = eventsBy(harness.event);
  await harness.appended();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-validation-'));
  database = await migratedDatabase(['validation']);
  const url = database.urlOf('validation');
  postgres = await Postgres.open({ url, applicationName: 'test' });
  config = configFor(url, folder);
});

beforeEach(async () => {
  outside = new Outside();
  await start(outside);
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Does all work that is due and answers what was appended. */
async function worked(): Promise<Appended[]> {
  while ((await scene.task.work.once()) > 0);
  return harness.appended();
}
const wants = () =>
  postgres.query<{ uid: string; attempts: number; reason: string | null }>(
    'select uid, attempts, reason from validation.wants',
  );
const resultOf = (events: readonly Appended[]) =>
  events.find(({ type }) => type === fleetValidated.type)?.data;
const versionOf = (events: readonly Appended[]) =>
  events.find(({ type }) => type === templateVersionCreated.type)?.data;
const valid = { valid: true, reason: 'Valid' };

describe('what wakes it', () => {
  it('fleet validation wakes on fleet created', async () => {
    const fleet = newUid();
    const created = make.fleetIs(fleet, templateOf());
    expect(await harness.handle(created)).toEqual([]);
    const events = await worked();
    expect(resultOf(events)).toMatchObject({ generation: 1, ...valid });
    expect(versionOf(events)).toEqual({
      name: 'v1',
      fleet,
      generation: 1,
      spec: { config: [] },
      frozen: {},
    });
    for (const event of events) expect(event).toMatchObject({ org, causationid: created.event.id });
    expect(await wants()).toEqual([]);
  });

  it("fleet validation wakes on fleet's template updated", async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, templateOf()));
    await worked();
    await harness.handle(make.templateIs(fleet, 2, { spec: { os: { image: 'os:2' } } }));
    const events = await worked();
    expect(versionOf(events)).toMatchObject({ name: 'v2', spec: { os: { image: 'os:2' } } });
    expect(resultOf(events)).toMatchObject({ generation: 2, ...valid });
  });

  it('fleet validation wakes on referenced repository updated', async () => {
    const [fleet, repository] = [newUid(), newUid()];
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.fleetIs(fleet, templateOf(git('config'))),
    );
    expect(versionOf(await worked())).toMatchObject({ name: 'v1' });
    outside.content = 'moved';
    const spec = { type: 'git', url: 'https://example.com/moved.git' };
    await harness.handle(
      harness.event(repositorySpecUpdated, repository, { spec, credentials: null }),
      make.woken(repository, 'config', [fleet]),
    );
    const events = await worked();
    expect(outside.asked.at(-1)).toMatchObject({ repository: { url: spec.url } });
    expect(versionOf(events)?.['name']).toMatch(/^v1-[0-9a-f]{8}$/);
    expect(resultOf(events)).toBeUndefined();
  });
});

describe('what it says', () => {
  it('freezes what a real git repository holds', async () => {
    const work = join(folder, 'repository');
    const run = (...args: string[]) =>
      execFileSync('git', ['-C', work, ...args], { encoding: 'utf8' });
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', work]);
    mkdirSync(join(work, 'etc'));
    writeFileSync(join(work, 'etc/motd'), 'welcome\n');
    run('add', '--all');
    run('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', 'one');
    await start(createSources(config.sourceSettings('validation')));
    await harness.handle(
      make.repositoryIs(newUid(), 'config', `file://${work}`),
      make.fleetIs(newUid(), templateOf(git('config'))),
    );
    const frozen = versionOf(await worked())?.['frozen'] as {
      motd: { revision: string; digest: string };
    };
    expect(frozen.motd.revision).toBe(run('rev-parse', 'HEAD').trim());
    const { store } = openBlobs(postgres, config.sealingKeys);
    const bundle = await store.get(org, frozen.motd.digest);
    expect(decodeBundle(bundle!)).toEqual([
      { path: 'motd', mode: 0o644, content: Buffer.from('welcome\n') },
    ]);
  });

  it('freezes a secret under a digest that tells nobody what it is', async () => {
    const secretRef = { name: 'tls', namespace: 'edge', mountPath: '/etc/tls' };
    await harness.handle(make.fleetIs(newUid(), templateOf({ name: 'tls', secretRef })));
    const frozen = versionOf(await worked())?.['frozen'];
    expect(frozen).toMatchObject({ tls: { digest: expect.stringMatching(/^hmac-sha256:/) } });
    expect(outside.asked).toEqual([{ type: 'secret', org, namespace: 'edge', name: 'tls' }]);
  });

  it('names what is broken, and waits for no one', async () => {
    const fleet = newUid();
    outside.error = new SourceError('not-found', 'there is no path "etc"');
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.fleetIs(fleet, templateOf(git('config'), git('nowhere', 'other'))),
    );
    const events = await worked();
    expect(versionOf(events)).toBeUndefined();
    expect(resultOf(events)).toEqual({
      generation: 1,
      valid: false,
      reason: 'Invalid',
      message: 'motd: there is no path "etc"; other: there is no repository "nowhere"',
    });
    expect(await wants()).toEqual([]);
  });

  it('is valid again when a missing repository appears, and not when it was deleted', async () => {
    const [fleet, repository] = [newUid(), newUid()];
    await harness.handle(make.fleetIs(fleet, templateOf(git('config'))));
    expect(resultOf(await worked())).toMatchObject({ reason: 'Invalid' });
    await harness.handle(
      make.repositoryIs(repository, 'config'),
      make.woken(repository, 'config', [fleet]),
    );
    expect(resultOf(await worked())).toMatchObject(valid);
    await harness.handle(
      harness.event(repositoryDeleted, repository, { name: 'config' }),
      make.woken(repository, 'config', [fleet]),
    );
    expect(resultOf(await worked())).toMatchObject({ reason: 'Invalid' });
  });

  it('says once that it waits for the outside, and goes on when that is back', async () => {
    const fleet = newUid();
    outside.error = new SourceError('unreachable', 'nobody answers');
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.fleetIs(fleet, templateOf(git('config'))),
    );
    expect(resultOf(await worked())).toMatchObject({
      reason: 'Waiting',
      message: 'motd: nobody answers',
    });
    const tryAgain = () => postgres.query('update validation.wants set due = now()');
    await tryAgain();
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([{ uid: fleet, attempts: 2, reason: 'motd: nobody answers' }]);
    outside.error = undefined;
    await tryAgain();
    const events = await worked();
    expect(versionOf(events)).toMatchObject({ name: 'v1' });
    expect(resultOf(events)).toMatchObject(valid);
    expect(await wants()).toEqual([]);
  });

  it('comes back soon from a repository that others are at, however often', async () => {
    const fleet = newUid();
    outside.error = new SourceError('busy', 'others');
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.fleetIs(fleet, templateOf(git('config'))),
    );
    expect(resultOf(await worked())).toMatchObject({ reason: 'Waiting', message: 'motd: others' });
    await postgres.query('update validation.wants set due = now()');
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([{ uid: fleet, attempts: 0, reason: 'motd: others' }]);
    expect(
      await postgres.query(
        "select due - now() between '1 s' and '3 s' as soon from validation.wants",
      ),
    ).toEqual([{ soon: true }]);
  });

  it('opens the credentials that were sealed for the repository', async () => {
    const [repository, id] = [newUid(), newUid()];
    const sealed = new Sealer(config.sealingKeys).seal(
      { org, uid: repository },
      Buffer.from(JSON.stringify({ username: 'reader', password: 'secret' })),
    );
    const admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
    await new SealedStore(admin).put(admin, { org, id }, sealed);
    await admin.close();
    const spec = { type: 'git', url: 'https://example.com/private.git' };
    await harness.handle(
      harness.event(repositoryCreated, repository, { name: 'config', spec, credentials: id }),
      make.fleetIs(newUid(), templateOf(git('config'))),
    );
    expect(resultOf(await worked())).toMatchObject(valid);
    const credentials = { username: 'reader', password: 'secret' };
    expect(outside.asked[0]).toMatchObject({ repository: { credentials } });
  });
});
