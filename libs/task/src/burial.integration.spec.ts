import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLog } from '@skein/event-log';
import { taskPermanentlyFailed, UnreadableEvent, type Delivered } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { deliveryOf, UnitScene } from '../test/unit-scene.js';
import { Burial } from './burial.js';

let database: MigratedDatabase;
let scene: UnitScene;
let events: Delivered[];

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset({ retryLimit: 0 });
  events = await scene.logged(2);
});

const failures = () =>
  scene.admin.query<{ data: object; subject: string; causationid: string; version: number }>(
    `select * from log.events where kind like '%Task' order by position`,
  );

const setAside = (message: string) =>
  scene.unit.setAside(deliveryOf(events[1]!), new UnreadableEvent('malformed', message));

describe('an event that is given up', () => {
  it('makes an event with its cause and what it was, and wakes the replayer', async () => {
    await scene.unit.fail(2, new Error('broken'));
    const { id, type, kind, subject } = events[1]!.event;
    expect(await failures()).toMatchObject([
      {
        kind: 'SelectorTask',
        subject,
        version: 1,
        source: '/selector',
        causationid: id,
        correlationid: id,
        data: { number: 2, event: id, type, kind, subject, attempts: 1, cause: 'broken' },
      },
    ]);
    expect(scene.wakes).toBe(1);
  });

  it('makes one event, however often it is given up', async () => {
    await scene.unit.fail(2, new Error('broken'));
    await scene.unit.fail(2, new Error('broken again'));
    await setAside('malformed');
    expect(await failures()).toHaveLength(1);
  });

  it('makes one also when it cannot be read', async () => {
    await setAside('half of it is missing');
    expect(await failures()).toMatchObject([{ data: { cause: 'half of it is missing' } }]);
  });

  it('makes none when its number is not in the log', async () => {
    await scene.unit.fail(99, new Error('broken'));
    expect(await failures()).toEqual([]);
    expect(await scene.column('dead_letters')).toEqual([99]);
  });

  it('makes none when it is such an event itself', async () => {
    await scene.unit.fail(2, new Error('broken'));
    await scene.admin.query(
      `insert into log.sequence select 3, position, type from log.events where kind = 'SelectorTask'`,
    );
    await scene.unit.fail(3, new Error('broken too'));
    expect(await scene.column('dead_letters')).toEqual([2, 3]);
    expect(await failures()).toHaveLength(1);
  });

  it('is no dead letter when its event cannot be appended: both or neither', async () => {
    const { log, consumer } = scene;
    const broken = await EventLog.open(log.postgres, 'selector', () => undefined);
    broken.append = () => Promise.reject(new Error('the log is full'));
    const given = { number: 2, attempts: 1, cause: 'broken' };
    await expect(new Burial(broken, consumer).bury(given)).rejects.toThrow('the log is full');
    expect(await scene.tables()).toEqual({});
  });

  it('may say anything: what PostgreSQL cannot keep is left out', async () => {
    await scene.unit.fail(2, new Error(`\0\ud800${'x'.repeat(100_000)}`));
    const [{ data }] = (await failures()) as unknown as [{ data: { cause: string } }];
    expect(data.cause).toMatch(/^\uFFFD\uFFFDx+$/);
    expect(data.cause).toHaveLength(4_000);
    expect(await scene.column('dead_letters', 'reason')).toEqual([data.cause]);
  });
});

it('every service says it in a kind of its own', () => {
  const kinds = Object.entries(taskPermanentlyFailed).map(([service, { kind }]) => [service, kind]);
  for (const [service, kind] of kinds) expect(kind!.toLowerCase()).toBe(`${service}task`);
});
