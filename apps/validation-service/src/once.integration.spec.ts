import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fleetDeleted, fleetValidated, newUid, templateVersionCreated } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { consumerHarness, type Appended, type ConsumerHarness } from '@skein/testing';
import { assemble, configFor, eventsBy, git, Outside, templateOf } from '../test/scene.js';
import { ValidationSweep } from './validation.sweep.js';

let database: MigratedDatabase;
let postgres: Postgres;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Awaited<ReturnType<typeof assemble>>;
let make: ReturnType<typeof eventsBy>;

beforeAll(async () => {
  database = await migratedDatabase(['validation']);
  postgres = await Postgres.open({ url: database.urlOf('validation'), applicationName: 'test' });
});

beforeEach(async () => {
  outside = new Outside();
  scene = await assemble(postgres, configFor(database.urlOf('validation'), '/unused'), outside);
  harness = consumerHarness({ ...database, postgres, ...scene });
  make = eventsBy(harness.event);
  await harness.appended();
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

/** Does all work that is due and answers what was appended. */
async function worked(): Promise<Appended[]> {
  while ((await scene.task.work.once()) > 0);
  return harness.appended();
}
const wants = () => postgres.query('select uid from validation.wants');
const resultOf = (events: readonly Appended[]) =>
  events.find(({ type }) => type === fleetValidated.type)?.data;
const versionOf = (events: readonly Appended[]) =>
  events.find(({ type }) => type === templateVersionCreated.type)?.data;
const valid = { valid: true, reason: 'Valid' };

describe('once and in order', () => {
  it('handled twice has no second effect', async () => {
    const created = make.fleetIs(newUid(), templateOf());
    await harness.handle(created);
    await worked();
    await harness.handle(created);
    expect(await worked()).toEqual([]);
    // Also where the fence lets it through, as after a restore.
    await postgres.query('delete from validation.inbox');
    await harness.handle(created);
    expect(await worked()).toEqual([]);
  });

  it('makes no version when the content is that of the latest', async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, templateOf()));
    await worked();
    await harness.handle(make.templateIs(fleet, 2, templateOf()));
    const events = await worked();
    expect(versionOf(events)).toBeUndefined();
    expect(resultOf(events)).toMatchObject({ generation: 2, ...valid });
  });

  it('an older template that arrives late changes nothing', async () => {
    const fleet = newUid();
    const created = make.fleetIs(fleet, { spec: { os: { image: 'os:1' } } });
    await harness.handle(make.templateIs(fleet, 2, { spec: { os: { image: 'os:2' } } }));
    expect(versionOf(await worked())).toMatchObject({ name: 'v2' });
    await harness.handle(created);
    expect(await worked()).toEqual([]);
    const rows = await postgres.query('select name, generation from validation.fleets');
    expect(rows).toEqual([{ name: 'fleet', generation: 2 }]);
  });

  it('drops a result that a newer template overtook', async () => {
    const fleet = newUid();
    outside.meanwhile = () => {
      outside.meanwhile = undefined;
      return harness.handle(make.templateIs(fleet, 2, templateOf()));
    };
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.fleetIs(fleet, templateOf(git('config'))),
    );
    const events = await worked();
    expect(events.map(({ data }) => data['generation'])).toEqual([2, 2]);
  });

  it('says nothing more of a deleted fleet', async () => {
    const fleet = newUid();
    const deleted = harness.event(fleetDeleted, fleet, { name: 'fleet' });
    await harness.handle(make.fleetIs(fleet, templateOf()), deleted);
    expect(await worked()).toEqual([]);
    expect(await wants()).toEqual([]);
    await harness.handle(make.templateIs(fleet, 2, templateOf()));
    expect(await worked()).toEqual([]);
  });

  it('the sweep finds a fleet that nobody is about to validate, and then nothing', async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, templateOf()));
    await postgres.query('delete from validation.wants');
    const sweep = new ValidationSweep(scene.view);
    await scene.unit.sweep((batch) => sweep.find(batch));
    expect(resultOf(await worked())).toMatchObject(valid);
    await scene.unit.sweep((batch) => sweep.find(batch));
    expect(await wants()).toEqual([]);
  });
});
