import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, deviceSpecUpdated, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { SourceError } from '@skein/sources';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import { assemble, eventsBy, failuresOf, git, inline, membersOf, Outside } from '../test/scene.js';

let database: MigratedDatabase;
let postgres: Postgres;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Awaited<ReturnType<typeof assemble>>;
let make: ReturnType<typeof eventsBy>;
let device: string;
let fleet: string;
let version: string;

beforeAll(async () => {
  database = await migratedDatabase(['render']);
  postgres = await Postgres.open({ url: database.urlOf('render'), applicationName: 'test' });
});

beforeEach(async () => {
  outside = new Outside();
  scene = await assemble(postgres, database.urlOf('render'), outside);
  harness = consumerHarness({ postgres, ...scene });
  make = eventsBy(harness.event, org);
  await harness.appended();
  [device, fleet, version] = [newUid(), newUid(), newUid()];
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

/** Does all work that is due and answers what was appended. */
async function worked(): Promise<Appended[]> {
  while ((await scene.loops.devices.once()) + (await scene.loops.contents.once()) > 0);
  return harness.appended();
}
const wants = () =>
  postgres.query<{ kind: string; reason: string | null }>('select kind, reason from render.wants');

describe('what it waits for', () => {
  const dueNow = () => postgres.query('update render.wants set due = now()');

  it('the template version, with the reason', async () => {
    await harness.handle(
      make.deviceIs(device),
      make.matched(fleet, device),
      make.selected(fleet, version, device),
    );
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([
      { kind: 'device', reason: `template version ${version} has not arrived yet` },
    ]);
    await harness.handle(make.versionIs(version, fleet, inline('late')));
    await dueNow();
    expect(membersOf(await worked())).toMatchObject([{ device, renderedVersion: 1 }]);
  });

  it('the outside, with the reason; a repository that is not there is a failure', async () => {
    outside.error = new SourceError('unreachable', 'nobody answers');
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.matched(null, device),
    );
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([{ kind: 'contents', reason: 'motd: nobody answers' }]);
    outside.error = undefined;
    await dueNow();
    expect(membersOf(await worked())).toMatchObject([{ renderedVersion: 1 }]);
    await harness.handle(
      harness.event(deviceSpecUpdated, device, { spec: git('nowhere'), generation: 2 }),
    );
    expect(failuresOf(await worked())).toEqual([
      { device, message: 'motd: there is no repository "nowhere"' },
    ]);
  });

  it('a slow repository without holding back any other device', async () => {
    const other = newUid();
    const { promise, resolve } = Promise.withResolvers<void>();
    outside.meanwhile = () => promise;
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.deviceIs(other, { spec: inline('own') }),
      make.matched(null, device, other),
    );
    await scene.loops.devices.once();
    const slow = scene.loops.contents.once();
    await scene.loops.devices.once();
    expect(membersOf(await harness.appended())).toMatchObject([{ device: other }]);
    resolve();
    await slow;
    expect(membersOf(await harness.appended())).toMatchObject([{ device }]);
  });
});
