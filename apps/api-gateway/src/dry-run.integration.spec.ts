import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device, fleet } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;
const v1 = newUid();
const batches = (...sequence: object[]) => ({
  rolloutPolicy: { deviceSelection: { strategy: 'BatchSequence', sequence } },
});

/** Four devices of the fleet; the first one is a canary and has v1. */
beforeAll(async () => {
  await door.open();
  await call('PUT', '/fleets/f', fleet('f', batches({ limit: 1 }, { limit: '50%' })));
  for (const name of ['a', 'b', 'c', 'd']) {
    const labels = { site: 'lyon', ...(name === 'b' && { canary: 'yes' }) };
    await call('PUT', `/devices/${name}`, device(name, { metadata: { labels } }));
  }
  await door.postgres.query(
    'update gateway.device_views set owner = (select uid from gateway.fleets)',
  );
  await door.postgres.query(
    `insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
     select $1, $2, uid, 'v1', 1, '{"os": {"image": "i:1"}}', now() from gateway.fleets`,
    [org, v1],
  );
  await door.postgres.query(
    `update gateway.device_views v set target = $1 from gateway.devices d where d.uid = v.uid and d.name = 'a'`,
    [v1],
  );
});
beforeEach(() => appended());
afterAll(() => door.close());

const dryRun = (body?: unknown, query = '', name = 'f') =>
  call('POST', `/fleets/${name}/rollouts/dry-run${query}`, body);

describe('a dry run of a rollout', () => {
  it('says which devices each batch would take, and writes nothing', async () => {
    const { code, body } = await dryRun();
    expect(code).toBe(200);
    expect(body).toMatchObject({ kind: 'RolloutDryRun', fleet: 'f', strategy: 'BatchSequence' });
    expect(body.batches).toMatchObject([
      { batch: 1, matching: 4, devices: 1, successThreshold: 90, names: ['a'] },
      { batch: 2, matching: 4, devices: 1, names: ['b'] },
      { batch: 3, matching: 4, devices: 2, names: ['c', 'd'] },
    ]);
    expect(await appended()).toEqual([]);
  });

  it('takes the fleet as it would be applied, and says what changes for whom', async () => {
    const template = { spec: { os: { image: 'i:2' } } };
    const selector = { matchLabels: { canary: 'yes' } };
    const { body } = await dryRun(
      fleet('f', { template, ...batches({ selector, approval: 'Manual' }) }),
    );
    expect(body.batches).toMatchObject([
      { devices: 1, approval: 'Manual', names: ['b'] },
      { devices: 3, approval: 'Automatic' },
    ]);
    expect(body.changes).toEqual([
      { devices: 3, changes: [{ what: 'added', path: '/os' }] },
      { from: 'v1', devices: 1, changes: [{ what: 'changed', path: '/os/image' }] },
    ]);
    expect((await call('GET', '/fleets/f')).body.spec.template.spec).toEqual({});
  });

  it('leaves silent devices to the last batch', async () => {
    await door.postgres.query(
      `update gateway.presence p set silent = true from gateway.devices d where d.uid = p.uid and d.name = 'a'`,
    );
    const { body } = await dryRun();
    expect(body.batches[0].names).toEqual(['b']);
    await door.postgres.query('update gateway.presence set silent = false');
  });

  it('names as many devices as the limit says', async () => {
    const { body } = await dryRun(undefined, '?limit=1');
    expect(body.batches[2]).toMatchObject({ devices: 2, names: ['c'] });
  });

  it('says what is wrong', async () => {
    expect((await dryRun(undefined, '', 'nobody')).code).toBe(404);
    expect((await dryRun({ kind: 'Fleet' })).code).toBe(400);
    expect((await dryRun(fleet('g'))).code).toBe(400);
    const other = await dryRun(fleet('f', { selector: { matchLabels: { site: 'nice' } } }));
    expect([other.code, other.body.message]).toEqual([
      400,
      expect.stringContaining('spec.selector'),
    ]);
    const wrong = await dryRun(fleet('f', batches({ approval: 'Maybe' })));
    expect([wrong.code, wrong.body.message]).toEqual([400, expect.stringContaining('approval')]);
  });
});
