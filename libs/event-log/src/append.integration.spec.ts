import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  batchDispatched,
  DEFAULT_ORGANISATION,
  deviceCreated,
  deviceLabelsUpdated,
  devicesMatched,
  fleetDeleted,
  MAX_BATCH_EVENT_BYTES,
  MAX_EVENT_BYTES,
  newUid,
  type NewEvent,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { RefusedEvent } from './append.js';
import { EventLog } from './event-log.js';

const org = DEFAULT_ORGANISATION;
let database: MigratedDatabase;
let postgres: Postgres;
let log: EventLog;
let wakes = 0;

const labels = (subject: string, value = 'a'): NewEvent => ({
  definition: deviceLabelsUpdated,
  org,
  subject,
  data: { labels: { value } },
});
const commit = (...events: NewEvent[]) =>
  log.commit(async () => ({ events, result: (appended) => appended }));
const sorted = (count: number) => Array.from({ length: count }, () => newUid()).sort();
const rows = <Row>(sql: string) => postgres.query<Row>(sql);
const inLog = () =>
  rows<{ subject: string; version: number }>(
    'select subject, version from log.events order by position',
  );

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  postgres = await Postgres.open({ url: database.urlOf('gateway'), applicationName: 'test' });
  log = await EventLog.open(postgres, 'gateway', () => (wakes += 1));
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});
beforeEach(async () => {
  const admin = await openTransaction(database.adminUrl);
  await admin.query('truncate log.events, log.subjects');
  await admin.commit();
  wakes = 0;
});

describe('append', () => {
  it('counts the versions of each subject from 1', async () => {
    const [one, two] = sorted(2) as [string, string];
    expect(
      (await commit(labels(one), labels(two), labels(one))).map(({ version }) => version),
    ).toEqual([1, 1, 2]);
    expect((await commit(labels(two), labels(one))).map(({ version }) => version)).toEqual([2, 3]);
  });

  it('counts apart by organisation and by kind', async () => {
    const [subject, elsewhere] = sorted(2) as [string, string];
    await commit(labels(subject));
    const fleet: NewEvent = { definition: fleetDeleted, org, subject, data: { name: 'f' } };
    const appended = await commit(fleet, { ...labels(subject), org: elsewhere });
    expect(appended.map(({ version }) => version)).toEqual([1, 1]);
  });

  it('draws positions in the order that was asked for, whatever the order of the locks', async () => {
    const [low, middle, high] = sorted(3) as [string, string, string];
    await commit(labels(high), labels(low), labels(middle), labels(high));
    expect((await inLog()).map(({ subject }) => subject)).toEqual([high, low, middle, high]);
  });

  it('keeps the whole envelope', async () => {
    const origin = {
      causationid: 'cause',
      correlationid: 'first',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      actor: 'operator',
      sourceaddress: '192.0.2.1',
      requestid: 'request',
    };
    const subject = newUid();
    const data = { name: 'press', labels: { '"': '\u2028 \\ é' }, spec: null, generation: 1 };
    const id = (await commit({ definition: deviceCreated, org, subject, data, origin }))[0]?.id;
    const [row] = await rows(
      'select e.*, t.name from log.events e join log.types t on t.id = e.type',
    );
    expect(row).toMatchObject({
      ...origin,
      id,
      org,
      subject,
      data,
      kind: 'Device',
      source: '/gateway',
      version: 1,
    });
    expect(row).toMatchObject({ name: deviceCreated.type });
  });

  it('wakes the replayer once after a commit, and not when nothing was appended', async () => {
    await commit(labels(newUid()), labels(newUid()));
    await commit();
    expect(wakes).toBe(1);
  });

  it('leaves nothing and wakes nobody when the transaction rolls back', async () => {
    const refused = log.commit(async (transaction) => {
      await log.append(transaction, [labels(newUid())]);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect([await inLog(), await rows('select * from log.subjects'), wakes]).toEqual([[], [], 0]);
  });
});

describe('what append refuses', () => {
  const members = (bytes: number) => [
    { device: newUid(), owner: null, labelsVersion: 1, multipleOwners: ['x'.repeat(bytes)] },
  ];
  const batch = (bytes: number): NewEvent => ({
    definition: devicesMatched,
    org,
    subject: org,
    data: { members: members(bytes) },
  });

  async function refusal(events: readonly NewEvent[], by = log): Promise<unknown> {
    const error = await by
      .commit(async () => ({ events, result: () => 'appended' }))
      .catch((thrown: unknown) => thrown);
    if (error instanceof RefusedEvent) return [error.code, error.retryable];
    return error;
  }

  it('an event of a kind that another service speaks of, with all events beside it', async () => {
    const foreign: NewEvent = {
      definition: batchDispatched,
      org,
      subject: newUid(),
      data: { fleet: newUid(), templateVersion: newUid(), batch: 1 },
    };
    expect(await refusal([labels(newUid()), foreign])).toEqual(['not-the-speaker', false]);
    expect([await inLog(), await rows('select * from log.subjects')]).toEqual([[], []]);
  });

  it('more than 64 KiB, counted in bytes', async () => {
    const room = MAX_EVENT_BYTES - JSON.stringify({ labels: { value: '' } }).length;
    expect(await refusal([labels(newUid(), 'x'.repeat(room))])).toBe('appended');
    expect(await refusal([labels(newUid(), 'x'.repeat(room + 1))])).toEqual(['too-large', false]);
    expect(await refusal([labels(newUid(), 'é'.repeat(room / 2 + 1))])).toEqual([
      'too-large',
      false,
    ]);
  });

  it('a batch event of more than 256 KiB', async () => {
    const selector = await EventLog.open(postgres, 'selector', () => undefined);
    expect(await refusal([batch(MAX_EVENT_BYTES)], selector)).toBe('appended');
    expect(await refusal([batch(MAX_BATCH_EVENT_BYTES)], selector)).toEqual(['too-large', false]);
  });
});

describe('writers side by side', () => {
  it('number the versions of shared subjects without a gap, in the order of positions, without deadlock', async () => {
    const subjects = sorted(4);
    const writer = async (seed: number) => {
      for (let round = 0; round < 25; round += 1) {
        const turned = subjects.map(
          (_, index) => subjects[(index * (seed % 2 ? 1 : 3) + seed + round) % 4]!,
        );
        await commit(
          ...turned.slice(0, 1 + ((seed + round) % 4)).map((subject) => labels(subject)),
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, seed) => writer(seed)));
    const events = await inLog();
    for (const subject of subjects) {
      const versions = events
        .filter((event) => event.subject === subject)
        .map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
      expect(versions.length).toBeGreaterThan(8);
    }
  });

  it('lock all subjects in one order, so that two that name them in other orders cannot deadlock', async () => {
    const [low, high] = sorted(2) as [string, string];
    await commit(labels(low), labels(high));
    const holder = await openTransaction(database.urlOf('gateway'));
    await log.append(holder as never, [labels(high)]);
    const waiting = await openTransaction(database.urlOf('gateway'));
    const appended = log.append(waiting as never, [labels(high), labels(low)]);
    await waiting.untilItWaits();
    const free = await rows<{ subject: string }>(
      'select subject from log.subjects for update skip locked',
    );
    expect(free).toEqual([]);
    await holder.commit();
    expect((await appended).map(({ version }) => version)).toEqual([3, 2]);
    await waiting.commit();
  });

  it.each(['on', 'off'])(
    'draw no position before all subjects are theirs, whatever the plan (hash joins %s)',
    async (hashJoins) => {
      const [low, high] = sorted(2) as [string, string];
      await commit(labels(low), labels(high));
      const drawn = await openTransaction(database.adminUrl);
      const last = () => drawn.query('select last_value from log.event_position');
      const before = await last();
      const holder = await openTransaction(database.urlOf('gateway'));
      await holder.query('select from log.subjects where subject = $1 for update', [high]);
      const waiting = await openTransaction(database.urlOf('gateway'));
      await waiting.query(`set local enable_hashjoin = ${hashJoins}`);
      await waiting.query(`set local enable_mergejoin = ${hashJoins}`);
      const appended = log.append(waiting as never, [labels(low), labels(high)]);
      await waiting.untilItWaits();
      expect(await last()).toEqual(before);
      await holder.commit();
      expect(await appended).toHaveLength(2);
      await waiting.commit();
      expect(await last()).not.toEqual(before);
      await drawn.commit();
    },
  );
});
