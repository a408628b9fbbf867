import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { fleet } from '../test/manifests.js';
import { giveDevice, holdDevice } from '../test/rollout-rows.js';
import { RolloutScene } from '../test/rollout-scene.js';

const scene = new RolloutScene({ migratedDatabase, jsonClient, environment: process.env });
const { rollout } = scene;
const { call } = scene.door;

beforeAll(() => scene.open());
beforeEach(() => scene.renew());
afterAll(() => scene.close());

describe('a rollout', () => {
  it('is shown with its plan, its counts, and its fleet and template version by name', async () => {
    const uid = await rollout({ waiting: 3 });
    const { code, body } = await call('GET', `/rollouts/${uid}`);
    expect(code).toBe(200);
    expect(body).toMatchObject({
      metadata: { name: uid, owner: 'Fleet/f' },
      spec: { fleet: 'f', templateVersion: 'v2', strategy: 'BatchSequence' },
      status: { state: 'Active', latest: true, currentBatch: 1, devices: { waiting: 3 } },
    });
    expect(body.status.batches).toMatchObject([
      { batch: 1, state: 'Dispatched', limit: '50%', successThreshold: 90, approval: 'Automatic' },
      { batch: 2, state: 'Planned', approval: 'Manual' },
    ]);
  });

  it('says for each thing that waits why, and since when', async () => {
    const uid = await rollout({ waiting: 2, held: 1 });
    const [a, b, c] = [
      await scene.deviceNamed('a'),
      await scene.deviceNamed('b'),
      await scene.deviceNamed('c'),
    ];
    await giveDevice(scene.admin, uid, { uid: a, columns: { awaiting: true } });
    await giveDevice(scene.admin, uid, { uid: b, columns: { connected: false } });
    await holdDevice(scene.admin, uid, { uid: c, group: '["lyon"]' });
    const { body } = await call('GET', `/rollouts/${uid}`);
    const waits = body.status.waits.map(
      ({ kind, name, reason }: Record<string, string>) => `${kind} ${name} ${reason}`,
    );
    expect(waits).toEqual([
      'Batch 1 Devices',
      'Group ["lyon"] DisruptionBudget',
      'Device a Rendering',
      'Device b Silent',
      'Device c DisruptionBudget',
    ]);
    for (const { since, message } of body.status.waits) {
      expect(Date.parse(since)).toBeGreaterThan(Date.now() - 60_000);
      expect(message).not.toBe('');
    }
    expect(body.status.waits[0].message).toContain('90 %');
  });

  it('says what the document of a device waits for', async () => {
    const uid = await rollout({ waiting: 1 });
    const device = await scene.deviceNamed('a');
    await giveDevice(scene.admin, uid, { uid: device, columns: { awaiting: true } });
    const reference = newUid();
    await scene.admin.query(
      `insert into render.devices (org, device, name, matched, owner, target, target_number, waits_for)
       values ($1, $2, 'a', true, $3, $4, 1, $5)`,
      [org, device, scene.fleetUid, scene.v2, reference],
    );
    await scene.admin.query(
      `insert into render.wants (org, kind, uid, origin, reason)
       values ($1, 'contents', $2, '{}', 'motd: repository r: nobody answers')`,
      [org, reference],
    );
    const { body } = await call('GET', `/rollouts/${uid}`);
    expect(body.status.waits.at(-1)).toMatchObject({
      ...{ kind: 'Device', name: 'a', reason: 'Rendering' },
      message: 'motd: repository r: nobody answers',
    });
  });

  it('says who paused it, and what it waits for when a person has to approve', async () => {
    const paused = await call('GET', `/rollouts/${await rollout({ paused: true })}`);
    expect(paused.body.status.waits).toMatchObject([
      { kind: 'Rollout', reason: 'Paused', message: 'paused by ada: lunch' },
    ]);
    await scene.admin.query(`update rollout.rollouts set state = 'completed'`);
    const waiting = await rollout({ state: 'waiting', reason: 'Approval', batch: 2 });
    const { body } = await call('GET', `/rollouts/${waiting}`);
    expect(body.status).toMatchObject({
      ...{ state: 'Waiting', waits: [{ kind: 'Batch', name: '2', reason: 'Approval' }] },
    });
  });

  it('is shown with the name of its fleet also when that is deleted', async () => {
    const uid = await rollout({ state: 'superseded' });
    await call('DELETE', '/fleets/f');
    expect((await call('GET', `/rollouts/${uid}`)).body.spec).toMatchObject({ fleet: 'f' });
  });

  it('waits for nothing when it has ended', async () => {
    const { body } = await call('GET', `/rollouts/${await rollout({ state: 'completed' })}`);
    expect(body.status).not.toHaveProperty('waits');
  });

  it.each(['/rollouts/nobody', `/rollouts/${newUid()}`, `/rollouts/${newUid()}/devices`])(
    '%s is not there',
    async (path) => {
      expect((await call('GET', path)).code).toBe(404);
    },
  );
});

describe('rollouts', () => {
  it('are listed newest first, in pages, and by fleet', async () => {
    await call('PUT', '/fleets/g', fleet('g'));
    const uids: string[] = [];
    for (let count = 0; count < 3; count += 1) uids.push(await rollout({ state: 'superseded' }));
    // Of those made in one millisecond nobody knows which is the newest.
    uids.sort();
    const first = await call('GET', '/rollouts?limit=2&fleet=f');
    expect(
      first.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ).toEqual([uids[2], uids[1]]);
    const token: string = first.body.metadata.continue;
    const next = await call('GET', `/fleets/f/rollouts?limit=2&continue=${token}`);
    expect(next.body.items).toMatchObject([{ metadata: { name: uids[0] } }]);
    expect((await call('GET', `/rollouts?continue=${token}`)).code).toBe(400);
    expect((await call('GET', `/fleets/g/rollouts?continue=${token}`)).code).toBe(400);
    expect((await call('GET', '/fleets/g/rollouts')).body.items).toEqual([]);
    expect((await call('GET', '/fleets/f/rollouts')).body.items).toHaveLength(3);
    expect((await call('GET', '/rollouts?fleet=nobody')).code).toBe(404);
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...place, after: 'x' })).toString('base64url');
    expect((await call('GET', `/rollouts?fleet=f&continue=${forged}`)).code).toBe(400);
  });

  it('show their devices by what became of them', async () => {
    const uid = await rollout();
    const [a, b] = [await scene.deviceNamed('a'), await scene.deviceNamed('b')];
    await giveDevice(scene.admin, uid, { uid: a, columns: { timed_out_at: new Date() } });
    await giveDevice(scene.admin, uid, {
      uid: b,
      columns: { problem: 'no such key', problem_template_version: scene.v2, problem_number: 1 },
    });
    const { body } = await call('GET', `/rollouts/${uid}/devices?outcome=failed`);
    expect(body.items).toMatchObject([
      { name: 'a', outcome: 'failed', reason: 'TimedOut', batch: 1 },
      { name: 'b', outcome: 'failed', reason: 'Rendering', message: 'no such key' },
    ]);
    expect((await call('GET', `/rollouts/${uid}/devices?outcome=lost`)).code).toBe(400);
    const page = await call('GET', `/rollouts/${uid}/devices?limit=1`);
    const rest = await call(
      'GET',
      `/rollouts/${uid}/devices?continue=${page.body.metadata.continue}`,
    );
    expect(rest.body.items).toMatchObject([{ name: 'b' }]);
  });
});
