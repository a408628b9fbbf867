import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  deviceDeleted,
  devicesMatched,
  fleetDeleted,
  newUid,
  type Delivered,
  type MatchedDevice,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { consumerHarness, type Appended, type ConsumerHarness, type Place } from '@skein/testing';
import { assemble, eventsBy } from '../test/scene.js';

type Events = ReturnType<typeof eventsBy<Place>>;

let database: MigratedDatabase;
let postgres: Postgres;
let scene: Awaited<ReturnType<typeof assemble>>;
let harness: ConsumerHarness;
let device: Events['device'];
let relabelled: Events['relabelled'];
let fleet: Events['fleet'];
let reselected: Events['reselected'];

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  postgres = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
});

beforeEach(async () => {
  scene = await assemble(postgres);
  harness = consumerHarness({ ...database, postgres, ...scene });
  ({ device, relabelled, fleet, reselected } = eventsBy<Place>(harness.event));
  await harness.appended();
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

/** Handles a batch and what follows from it, until nothing is left to do. */
const handle = async (...events: Delivered[]): Promise<Appended[]> => {
  const answers = await harness.handle(...events);
  await scene.scanAll();
  return [...answers, ...(await harness.appended())];
};
const sideBySide = async (first: Delivered[], second: Delivered[]): Promise<Appended[]> => {
  const answers = await harness.sideBySide(scene.task, first, second);
  await scene.scanAll();
  return [...answers, ...(await harness.appended())];
};
const membersOf = (events: readonly Appended[]): MatchedDevice[] =>
  events.flatMap(({ data }) => data['members'] as MatchedDevice[]);
const answer = (
  uid: string,
  owner: string | null,
  labelsVersion = 1,
  multipleOwners: string[] = [],
) => ({
  device: uid,
  owner,
  labelsVersion,
  multipleOwners,
});

const lyon = { site: 'lyon' };
const nice = { site: 'nice' };

describe('what wakes it', () => {
  it('selector matching wakes on device created', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(fleet(f, lyon));
    const created = device(d, lyon);
    const events = await handle(created);
    expect(events).toEqual([
      {
        type: devicesMatched.type,
        org,
        subject: org,
        version: expect.any(Number),
        causationid: created.event.id,
        data: { members: [answer(d, f)] },
      },
    ]);
  });

  it('selector matching wakes on device labels updated, also when the owner stays', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(fleet(f, lyon), device(d, lyon));
    const same = await handle(relabelled(d, { ...lyon, rack: '7' }));
    expect(membersOf(same)).toEqual([answer(d, f, 2)]);
    const moved = await handle(relabelled(d, nice));
    expect(membersOf(moved)).toEqual([answer(d, null, 3)]);
  });

  it('selector matching wakes on fleet created, and tells only what changed', async () => {
    const [d, e, f] = [newUid(), newUid(), newUid()];
    await handle(device(d, lyon), device(e, nice));
    expect(membersOf(await handle(fleet(f, lyon)))).toEqual([answer(d, f)]);
  });

  it('selector matching wakes on fleet selector updated', async () => {
    const [d, e, f] = [newUid(), newUid(), newUid()].sort();
    await handle(fleet(f!, lyon), device(d!, lyon), device(e!, nice));
    const events = await handle(reselected(f!, nice));
    expect(membersOf(events)).toEqual([answer(d!, null), answer(e!, f!)]);
    expect(await handle(reselected(f!, nice))).toEqual([]);
  });

  it('selector matching wakes on fleet deleted', async () => {
    const [d, f, g] = [newUid(), newUid(), newUid()];
    await handle(fleet(f, lyon), device(d, lyon));
    const two = await handle(fleet(g, lyon));
    expect(membersOf(two)).toEqual([answer(d, f, 1, [`f-${f}`, `f-${g}`].sort())]);
    const one = await handle(harness.event(fleetDeleted, f, { name: `f-${f}` }));
    expect(membersOf(one)).toEqual([answer(d, g)]);
    const none = await handle(harness.event(fleetDeleted, g, { name: `f-${g}` }));
    expect(membersOf(none)).toEqual([answer(d, null)]);
  });
});

describe('what it says', () => {
  it('answers once for a batch that holds several events of a device and its fleet', async () => {
    const [d, f] = [newUid(), newUid()];
    const events = await handle(
      device(d, nice),
      relabelled(d, nice),
      relabelled(d, lyon),
      fleet(f, nice),
      reselected(f, null),
      reselected(f, lyon),
    );
    expect(membersOf(events)).toEqual([answer(d, f, 3)]);
  });

  it('puts at most a thousand members into one event', async () => {
    const f = newUid();
    const devices = Array.from({ length: 1_500 }, () => device(newUid(), lyon));
    await handle(...devices.slice(0, 500));
    await handle(...devices.slice(500));
    const events = await handle(fleet(f, lyon));
    expect(events.map((event) => membersOf([event]).length)).toEqual([1_000, 500]);
    expect(new Set(membersOf(events).map(({ owner }) => owner))).toEqual(new Set([f]));
  });

  it('keeps organisations apart', async () => {
    const other = newUid();
    const [d, f] = [newUid(), newUid()];
    const events = await handle(device(d, lyon), fleet(f, lyon, { org: other }));
    expect(membersOf(events)).toEqual([answer(d, null)]);
    const theirs = await handle(device(d, lyon, { org: other }));
    expect(theirs.map(({ org, subject }) => [org, subject])).toEqual([[other, other]]);
    expect(membersOf(theirs)).toEqual([answer(d, f)]);
  });
});

describe('what happens twice, late or to deleted things', () => {
  it('handles an event that is delivered again once', async () => {
    const created = device(newUid(), lyon);
    expect(await handle(created)).toHaveLength(1);
    expect(await handle(created)).toEqual([]);
  });

  it('does not let an older event undo a newer one', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(relabelled(d, lyon, { sequence: 20, version: 2 }));
    await handle(reselected(f, lyon, { sequence: 21, version: 2 }));
    const late = await handle(device(d, nice, { sequence: 10, version: 1 }));
    expect(membersOf(late)).toEqual([answer(d, null, 2)]);
    const owned = await handle(fleet(f, nice, { sequence: 11, version: 1 }));
    expect(membersOf(owned)).toEqual([answer(d, f, 2)]);
  });

  it('does not let an older selector or older labels undo newer ones of the same kind', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(fleet(f, nice), device(d, nice));
    await handle(reselected(f, lyon, { sequence: 40, version: 3 }));
    await handle(relabelled(d, lyon, { sequence: 41, version: 3 }));
    expect(await handle(reselected(f, nice, { sequence: 30, version: 2 }))).toEqual([]);
    const late = await handle(relabelled(d, nice, { sequence: 31, version: 2 }));
    expect(membersOf(late)).toEqual([answer(d, f, 3)]);
  });

  it('answers nothing about a deleted device, also when its creation comes late', async () => {
    const [d, e, f] = [newUid(), newUid(), newUid()];
    await handle(device(d, lyon));
    const gone = (uid: string, place?: Place) =>
      harness.event(deviceDeleted, uid, { name: uid }, place);
    expect(await handle(gone(d))).toEqual([]);
    await handle(gone(e, { sequence: 30, version: 2 }));
    expect(await handle(device(e, lyon, { sequence: 29, version: 1 }))).toEqual([]);
    expect(await handle(fleet(f, lyon))).toEqual([]);
  });

  it('ignores a deleted fleet whose creation comes late', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(device(d, lyon));
    await handle(harness.event(fleetDeleted, f, { name: f }, { sequence: 30, version: 2 }));
    expect(await handle(fleet(f, lyon, { sequence: 29, version: 1 }))).toEqual([]);
  });
});

describe('two replicas', () => {
  it('do not miss each other: a fleet in one, a device in the other', async () => {
    const [d, f] = [newUid(), newUid()];
    const events = await sideBySide([fleet(f, lyon)], [device(d, lyon)]);
    expect(membersOf(events)).toEqual([answer(d, f)]);
  });

  it('do not miss each other: a device in one, a fleet in the other', async () => {
    const [d, f] = [newUid(), newUid()];
    const events = await sideBySide([device(d, lyon)], [fleet(f, lyon)]);
    expect(membersOf(events)).toEqual([answer(d, null), answer(d, f)]);
  });
});

describe('the sweep', () => {
  it('finds devices without an answer, and then nothing', async () => {
    const [d, f] = [newUid(), newUid()];
    await handle(fleet(f, lyon), device(d, lyon));
    await postgres.query('update selector.devices set matched_labels_version = null');
    await scene.unit.sweep((batch) => scene.sweep.find(batch));
    expect(membersOf(await harness.appended())).toEqual([answer(d, f)]);
    expect(await scene.unit.sweep((batch) => scene.sweep.find(batch))).toBe(0);
  });

  it('leaves a deleted device alone, whose labels changed last', async () => {
    const d = newUid();
    await handle(device(d, lyon));
    await handle(
      relabelled(d, nice, { version: 2 }),
      harness.event(deviceDeleted, d, { name: d }, { version: 3 }),
    );
    await postgres.query('update selector.devices set matched_labels_version = 1');
    const found: string[] = [];
    await scene.unit.sweep(async (batch) => {
      await scene.sweep.find(batch);
      found.push(...batch.wants('device').map(({ uid }) => uid));
    });
    expect(found).toEqual([]);
  });
});
