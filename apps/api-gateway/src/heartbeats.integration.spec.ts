import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DeviceStatus } from '@skein/api';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { jsonClient } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device } from '../test/manifests.js';
import { reportOf } from './resources/device-report.js';
import { DeviceStatusService } from './resources/device-status.service.js';
import { Heartbeats } from './resources/heartbeats.js';
import { OrganisationDatabases } from './resources/organisation-database.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;
const DEVICES = 60;
const names = Array.from({ length: DEVICES }, (_, index) => `d${index}`);
let admin: Postgres;

beforeAll(async () => {
  await door.open();
  admin = await Postgres.open({ url: door.database.adminUrl, applicationName: 'test' });
});
beforeEach(async () => {
  await door.clear();
  for (const name of names) await call('PUT', `/devices/${name}`, device(name));
  await Promise.all(names.map((name) => report(name, 'first')));
  await appended();
});
afterAll(async () => {
  await admin?.close();
  await door.close();
});

const statusOf = (image: string, renderedVersion = '1') =>
  ({
    config: { renderedVersion },
    updated: { status: 'UpToDate' },
    os: { image, imageDigest: 'd' },
  }) as unknown as DeviceStatus;

/** What runs on the device is the same always, and so nothing is news but in the first report. */
const report = (name: string, image: string) =>
  call('PUT', `/devices/${name}/status`, { ...device(name), status: statusOf(image) });

/** The same, past the door. */
const say = (name: string, status: DeviceStatus) =>
  door.app.get(DeviceStatusService).report({ org, actor: 'test' }, name, status);

const images = async () => {
  const rows = await door.postgres.query<{ name: string; image: string }>(
    `select r.name, s.status -> 'os' ->> 'image' as image
     from gateway.devices r join gateway.device_statuses s on s.uid = r.uid`,
  );
  return new Map(rows.map(({ name, image }) => [name, image]));
};

describe('reports without news', () => {
  it('do not enter the log, and many of them take few statements', async () => {
    const query = jest.spyOn(door.postgres, 'query');
    const answers = await Promise.all(names.map((name) => report(name, `of ${name}`)));
    const statements = query.mock.calls.length;
    query.mockRestore();
    expect(answers.map(({ body }) => body.status.os.image)).toEqual(
      names.map((name) => `of ${name}`),
    );
    expect(await images()).toEqual(new Map(names.map((name) => [name, `of ${name}`])));
    expect(await appended()).toEqual([]);
    expect(statements).toBeLessThan(DEVICES);
  });

  it('of one device by several callers at once leave what was said last', async () => {
    const heartbeats = new Heartbeats(door.app.get(OrganisationDatabases));
    const [row] = await door.postgres.query<{ uid: string }>(
      `select uid from gateway.devices where name = 'd0'`,
    );
    const written = ['one', 'two', 'three'].map((image) =>
      heartbeats.write({ org, uid: row!.uid }, reportOf(statusOf(image))),
    );
    expect(await Promise.all(written)).toEqual([true, true, true]);
    expect((await images()).get('d0')).toBe('three');
  });

  it('are written though one among them cannot be', async () => {
    await admin.query(`
create or replace function gateway.refuse() returns trigger language plpgsql as $$
begin
  if new.status::text like '%poison%' then raise exception 'poison'; end if;
  return new;
end $$`);
    await admin.query(
      `create trigger refuse before update on gateway.device_statuses
       for each row execute function gateway.refuse()`,
    );
    const image = (name: string) => (name === 'd7' ? 'poison' : 'good');
    const answers = await Promise.allSettled(names.map((name) => say(name, statusOf(image(name)))));
    await admin.query('drop trigger refuse on gateway.device_statuses');
    const failed = names.filter((_name, index) => answers[index]!.status === 'rejected');
    expect(failed).toEqual(['d7']);
    expect((await images()).get('d7')).toBe('first');
  });

  it('do not wait for a device that somebody else is changing', async () => {
    const locked = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    const other = door.postgres.transaction(async (transaction) => {
      await transaction.query(
        `select 1 from gateway.device_statuses s join gateway.devices r on r.uid = s.uid
         where r.name = 'd0' for update of s`,
      );
      locked.resolve();
      await free.promise;
    });
    await locked.promise;
    const [first, ...others] = names.map((name) => report(name, 'later'));
    expect((await Promise.all(others)).map(({ code }) => code)).toEqual(others.map(() => 200));
    expect((await images()).get('d0')).toBe('first');
    free.resolve();
    await other;
    expect((await first!).code).toBe(200);
    expect((await images()).get('d0')).toBe('later');
    expect(await appended()).toEqual([]);
  });
});

describe('what a device says', () => {
  it('is written in the order in which it says it, news or not', async () => {
    const versions = ['1', '1', '2', '2', '2', '3', '1', '1', '2'];
    await Promise.all(versions.map((version, index) => say('d0', statusOf(`i${index}`, version))));
    expect((await images()).get('d0')).toBe('i8');
    const events = await appended();
    expect(typesOf(events)).toEqual(Array(4).fill('device.status-reported'));
    expect(events.map(({ data }) => data.renderedVersion)).toEqual([2, 3, 1, 2]);
  });
});
