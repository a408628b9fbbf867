import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  deviceCreated,
  deviceDeleted,
  deviceSpecUpdated,
  fleetCreated,
  fleetDeleted,
  fleetTemplateUpdated,
  newUid,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  repositoryUsersWoken,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { consumerHarness, type Appended, type ConsumerHarness, type Place } from '@skein/testing';
import { assemble, configFor, empty } from '../test/scene.js';

let database: MigratedDatabase;
let postgres: Postgres;
let scene: Awaited<ReturnType<typeof assemble>>;
let harness: ConsumerHarness;

beforeAll(async () => {
  database = await migratedDatabase(['repo']);
  postgres = await Postgres.open({ url: database.urlOf('repo'), applicationName: 'test' });
  scene = await assemble(postgres, configFor(database.urlOf('repo'), '/unused'));
});

beforeEach(async () => {
  await empty(postgres);
  harness = consumerHarness({ ...database, postgres, ...scene });
  await harness.appended();
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const gitItem = (repository: string) => {
  return { name: repository, gitRef: { repository, targetRevision: 'main', path: '/' } };
};
const referring = (...repositories: string[]) => ({ config: repositories.map(gitItem) });
const templateOf = (repositories: string[]) => ({ spec: referring(...repositories) });
const fleet = (name: string, repositories: string[], place?: Place) => {
  const data = { name, generation: 1, selector: null, rolloutPolicy: null };
  const template = templateOf(repositories);
  return harness.event(fleetCreated, name, { ...data, template }, place);
};
const template = (uid: string, repositories: string[], place?: Place) => {
  const data = { template: templateOf(repositories), generation: 2 };
  return harness.event(fleetTemplateUpdated, uid, data, place);
};
const device = (uid: string, repositories: string[] | null, place?: Place) => {
  const spec = repositories && referring(...repositories);
  return harness.event(deviceCreated, uid, { name: uid, labels: {}, spec, generation: 1 }, place);
};
const created = (uid: string, name: string, place?: Place) =>
  harness.event(repositoryCreated, uid, { name, spec: {}, credentials: null }, place);
const updated = (uid: string, place?: Place) =>
  harness.event(repositorySpecUpdated, uid, { spec: {}, credentials: null }, place);

const told = (events: readonly Appended[]) =>
  events.map(({ subject, data }) => ({ repository: subject, ...data }));

describe('what wakes it', () => {
  it('repository update wakes on repository created', async () => {
    const [r, f, d] = [newUid(), newUid(), newUid()];
    await harness.handle(
      fleet(f, ['config', 'other']),
      device(d, ['config']),
      device(newUid(), null),
    );
    const event = created(r, 'config');
    expect(await harness.handle(event)).toEqual([
      {
        type: repositoryUsersWoken.type,
        org,
        subject: r,
        version: 1,
        causationid: event.event.id,
        data: { name: 'config', fleets: [f], devices: [d] },
      },
    ]);
  });

  it("repository update wakes on repository's spec updated", async () => {
    const [r, f] = [newUid(), newUid()];
    await harness.handle(created(r, 'config'), fleet(f, ['config']));
    expect(told(await harness.handle(updated(r)))).toEqual([
      { repository: r, name: 'config', fleets: [f], devices: [] },
    ]);
  });

  it('says nothing when nobody refers to the repository', async () => {
    const r = newUid();
    await harness.handle(fleet(newUid(), ['other']));
    expect(await harness.handle(created(r, 'config'), updated(r))).toEqual([]);
    expect(await harness.handle(fleet(newUid(), ['config']))).toEqual([]);
  });
});

describe('whom it wakes', () => {
  it('follows the references of fleets and devices', async () => {
    const [r, s, f, d] = [newUid(), newUid(), newUid(), newUid()];
    await harness.handle(created(r, 'config'), created(s, 'other'));
    await harness.handle(fleet(f, ['config']), device(d, ['config']));
    await harness.handle(
      template(f, ['other']),
      harness.event(deviceSpecUpdated, d, { spec: referring('other', 'config'), generation: 2 }),
    );
    const events = told(await harness.handle(updated(r), updated(s)));
    expect(events).toHaveLength(2);
    expect(events).toContainEqual({ repository: r, name: 'config', fleets: [], devices: [d] });
    expect(events).toContainEqual({ repository: s, name: 'other', fleets: [f], devices: [d] });
  });

  it('wakes no deleted fleet or device, also when their creation comes late', async () => {
    const [r, f, d, late] = [newUid(), newUid(), newUid(), newUid()];
    await harness.handle(created(r, 'config'), fleet(f, ['config']), device(d, ['config']));
    await harness.handle(
      harness.event(fleetDeleted, f, { name: f }),
      harness.event(deviceDeleted, d, { name: d }),
      harness.event(deviceDeleted, late, { name: late }, { sequence: 50, version: 2 }),
    );
    await harness.handle(device(late, ['config'], { sequence: 49, version: 1 }));
    expect(await harness.handle(updated(r))).toEqual([]);
  });

  it('wakes nobody for a deleted repository; a new one of its name begins anew', async () => {
    const [r, s, f] = [newUid(), newUid(), newUid()];
    await harness.handle(created(r, 'config'), fleet(f, ['config']));
    const last = { sequence: 50, version: 3 };
    const gone = harness.event(repositoryDeleted, r, { name: 'config' }, last);
    expect(await harness.handle(gone)).toEqual([]);
    expect(await harness.handle(updated(r, { sequence: 49, version: 2 }))).toEqual([]);
    const events = told(await harness.handle(created(s, 'config')));
    expect(events).toEqual([{ repository: s, name: 'config', fleets: [f], devices: [] }]);
  });

  it('wakes a user once for a batch in which the repository changed several times', async () => {
    const [r, f] = [newUid(), newUid()];
    const events = await harness.handle(
      created(r, 'config'),
      updated(r),
      fleet(f, []),
      template(f, ['config']),
      updated(r),
      updated(r),
    );
    expect(told(events)).toEqual([{ repository: r, name: 'config', fleets: [f], devices: [] }]);
  });

  it('names at most a thousand in one event, and all of them', async () => {
    await postgres.query(
      `insert into repo.uses (org, repository, kind, uid)
       select $1, 'config', case when n % 3 = 0 then 'fleet' else 'device' end, gen_random_uuid()
       from generate_series(1, 10001) n`,
      [org],
    );
    const events = await harness.handle(created(newUid(), 'config'));
    const named = events.map(({ data }) => [data['fleets'], data['devices']].flat());
    expect(Math.max(...named.map(({ length }) => length))).toBe(1_000);
    expect(new Set(named.flat()).size).toBe(10_001);
  });

  it('keeps organisations apart', async () => {
    await harness.handle(fleet(newUid(), ['config']), device(newUid(), ['config']));
    expect(await harness.handle(created(newUid(), 'config', { org: newUid() }))).toEqual([]);
  });
});

describe('what happens twice or late', () => {
  it('handles an event that is delivered again once', async () => {
    await harness.handle(fleet(newUid(), ['config']));
    const event = created(newUid(), 'config');
    expect(await harness.handle(event)).toHaveLength(1);
    expect(await harness.handle(event)).toEqual([]);
  });

  it('does not let an older event undo a newer one', async () => {
    const [r, f] = [newUid(), newUid()];
    await harness.handle(created(r, 'config', { sequence: 1 }));
    await harness.handle(template(f, ['other'], { sequence: 20, version: 2 }));
    await harness.handle(fleet(f, ['config'], { sequence: 10, version: 1 }));
    expect(await harness.handle(updated(r))).toEqual([]);
  });

  it('wakes when the name of an updated repository comes late', async () => {
    const [r, f] = [newUid(), newUid()];
    await harness.handle(fleet(f, ['config']));
    expect(await harness.handle(updated(r, { sequence: 20, version: 2 }))).toEqual([]);
    const events = told(await harness.handle(created(r, 'config', { sequence: 10, version: 1 })));
    expect(events).toEqual([{ repository: r, name: 'config', fleets: [f], devices: [] }]);
  });

  it('wakes who referred to the repository before its change and was heard of after it', async () => {
    const [r, f, d, g] = [newUid(), newUid(), newUid(), newUid()];
    await harness.handle(created(r, 'config', { sequence: 1 }));
    await harness.handle(updated(r, { sequence: 20 }));
    const late = fleet(f, ['config'], { sequence: 10 });
    const too = device(d, ['config'], { sequence: 11 });
    const events = await harness.handle(late, too, fleet(g, ['config']));
    expect(told(events)).toEqual([{ repository: r, name: 'config', fleets: [f], devices: [d] }]);
    expect([late.event.id, too.event.id]).toContain(events[0]?.causationid);
  });
});

describe('two replicas', () => {
  it.each([false, true])('miss no user of a changed repository (user first: %s)', async (first) => {
    const [r, f] = [newUid(), newUid()];
    await harness.handle(created(r, 'config'));
    const user = [fleet(f, ['config'])];
    const change = [updated(r)];
    const events = await harness.sideBySide(
      scene.task,
      first ? user : change,
      first ? change : user,
    );
    expect(told(events)).toEqual([{ repository: r, name: 'config', fleets: [f], devices: [] }]);
  });
});

describe('the sweep', () => {
  it('finds repositories whose users were not told, and then nothing', async () => {
    const [r, f] = [newUid(), newUid()];
    await harness.handle(created(r, 'config'), created(newUid(), 'unused'), fleet(f, ['config']));
    await postgres.query('update repo.repositories set woken_number = 0');
    const { sweep, unit } = scene;
    await unit.sweep((batch) => sweep.find(batch));
    expect(told(await harness.appended())).toEqual([
      { repository: r, name: 'config', fleets: [f], devices: [] },
    ]);
    await unit.sweep(async (batch) => {
      await sweep.find(batch);
      expect(batch.isEmpty).toBe(true);
    });
  });
});
