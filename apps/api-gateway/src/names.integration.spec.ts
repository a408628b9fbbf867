import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  deviceCreated,
  newUid,
  repositoryCreated,
  templateVersionCreated,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness, jsonClient } from '@skein/testing';
import type { QueryRunner } from 'typeorm';
import { EventScene } from '../test/event-scene.js';
import { device, fleet, repository } from '../test/manifests.js';
import { hearingOf } from '../test/view-scene.js';
import { Names1800000000001 } from './migrations/2-names.js';

const scene = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, say } = scene;

beforeAll(() => scene.open());
beforeEach(() => scene.clear());
afterAll(() => scene.close());

async function names(): Promise<string[]> {
  const rows = await scene.admin.query<{ kind: string; name: string }>(
    'select kind, name from gateway.names order by kind, name',
  );
  return rows.map(({ kind, name }) => `${kind} ${name}`);
}

describe('the names of things', () => {
  it('are noted with what is created, and stay when it is deleted', async () => {
    await call('PUT', '/devices/d', device('d'));
    await call('PUT', '/devices/d', device('d', { metadata: { labels: { a: 'b' } } }));
    await call('POST', '/fleets', fleet('f'));
    await call('PUT', '/repositories/r', repository('r'));
    expect(await names()).toEqual(['Device d', 'Fleet f', 'Repository r']);
    await call('DELETE', '/devices/d');
    await call('DELETE', '/fleets/f');
    expect(await names()).toEqual(['Device d', 'Fleet f', 'Repository r']);
    await call('PUT', '/devices/d', device('d'));
    expect(await names()).toEqual(['Device d', 'Device d', 'Fleet f', 'Repository r']);
  });

  it('are not noted when nothing was created', async () => {
    await call('PUT', '/devices/d', device('d'));
    expect((await call('POST', '/devices', device('d'))).code).toBe(409);
    expect((await call('POST', '/devices', device('Not_Good'))).code).toBe(400);
    expect(await names()).toEqual(['Device d']);
  });

  it('are noted for all that one statement inserts, wherever in it that is', async () => {
    await scene.admin.query(
      `with made as (
         insert into gateway.devices (org, uid, name, labels, generation, version)
         select $1, gen_random_uuid(), 'd' || n, '{}', 1, 1 from generate_series(1, 3) n
         returning org, uid
       )
       insert into gateway.device_views (org, uid) select org, uid from made`,
      [org],
    );
    expect(await names()).toEqual(['Device d1', 'Device d2', 'Device d3']);
  });

  it('of template versions are heard, also when their fleet is gone, and once', async () => {
    const harness = consumerHarness({ ...scene.database, ...hearingOf(scene.app) });
    const data = { name: 'v1', fleet: newUid(), generation: 1, spec: {}, frozen: {} };
    const minted = harness.event(templateVersionCreated, newUid(), data);
    await harness.handle(minted);
    await harness.handle(minted);
    expect(await names()).toEqual(['TemplateVersion v1']);
  });
});

describe('the migration', () => {
  it('finds the names of all that there is and was', async () => {
    await call('PUT', '/devices/lives', device('lives'));
    await call('PUT', '/devices/gone', device('gone'));
    await call('DELETE', '/devices/gone');
    const version = { name: 'v1', fleet: newUid(), generation: 1, spec: {}, frozen: {} };
    await say(templateVersionCreated, newUid(), version);
    const created = { labels: {}, generation: 1 };
    await say(deviceCreated, newUid(), { ...created, name: 'zero', spec: { text: 'a\0b' } });
    const there = newUid();
    const url = { spec: { url: 'http://r' }, credentials: null };
    await say(repositoryCreated, newUid(), { ...url, name: 'r' }, { org: there });
    const migration = new Names1800000000001();
    const runner = scene.admin as unknown as QueryRunner;
    await migration.down(runner);
    await migration.up(runner);
    await scene.admin.query('grant select, insert on gateway.names to public');
    expect(await names()).toEqual([
      'Device gone',
      'Device lives',
      'Repository r',
      'TemplateVersion v1',
    ]);
    const [found] = await scene.admin.query('select org from gateway.names where name = $1', ['r']);
    expect(found).toEqual({ org: there });
    expect(org).not.toBe(there);
    await call('PUT', '/devices/next', device('next'));
    expect(await names()).toContain('Device next');
  });
});
