import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { fleet } from '../test/manifests.js';
import type { GivenRollout } from '../test/rollout-rows.js';
import { RolloutScene } from '../test/rollout-scene.js';

const scene = new RolloutScene({ migratedDatabase, jsonClient, environment: process.env });
const { rollout } = scene;
const { call, appended } = scene.door;

beforeAll(() => scene.open());
beforeEach(() => scene.renew());
afterAll(() => scene.close());

describe('what people ask of a rollout', () => {
  const post = (uid: string, action: string, body?: unknown) =>
    call('POST', `/rollouts/${uid}/${action}`, body);

  it('enters the log with who asked and why', async () => {
    const uid = await rollout();
    expect((await post(uid, 'pause', { reason: 'lunch' })).code).toBe(202);
    expect(await appended()).toMatchObject([
      {
        type: 'skein.rollout-request.action-requested.v1',
        subject: uid,
        actor: expect.any(String),
        data: { fleet: scene.fleetUid, action: 'pause', batch: null, reason: 'lunch' },
      },
    ]);
    expect((await post(uid, 'abort')).code).toBe(202);
    expect(await appended()).toMatchObject([
      { version: 2, data: { action: 'abort', reason: null } },
    ]);
  });

  it('approves the batch that waits, or one ahead by its number', async () => {
    const uid = await rollout({ state: 'waiting', reason: 'Approval', batch: 2 });
    expect((await post(uid, 'approve')).code).toBe(202);
    expect(await appended()).toMatchObject([{ data: { action: 'approve', batch: 2 } }]);
    await scene.admin.query(
      `update rollout.rollouts set state = 'active', reason = null, batch = 1`,
    );
    expect((await post(uid, 'approve')).code).toBe(409);
    expect((await post(uid, 'approve', { batch: 2 })).code).toBe(202);
    expect((await post(uid, 'approve', { batch: 3 })).code).toBe(400);
  });

  it.each<[string, Partial<GivenRollout>, number]>([
    ['resume', {}, 409],
    ['pause', { paused: true }, 409],
    ['resume', { paused: true }, 202],
    ['pause', { state: 'completed' }, 409],
    ['abort', { state: 'stopped' }, 409],
    ['retry', {}, 409],
    ['retry', { failed: 1 }, 202],
    ['retry', { failed: 1, state: 'completed' }, 202],
    ['retry', { failed: 1, state: 'stopped' }, 409],
    ['restart', {}, 404],
    ['constructor', {}, 404],
  ])(
    '%s of %j answers %d, and only what is accepted enters the log',
    async (action, given, code) => {
      const answer = await post(await rollout(given), action);
      expect([answer.code, answer.body.kind]).toEqual([code, 'Status']);
      expect(await appended()).toHaveLength(code === 202 ? 1 : 0);
    },
  );

  it.each([
    [{ reason: 5 }],
    [{ batch: 1 }],
    [{ extra: 1 }],
    [[]],
    ['text'],
    [{ reason: 'x'.repeat(2_000) }],
  ])('is refused when its body is %j', async (body) => {
    expect((await post(await rollout(), 'pause', body)).code).toBe(400);
    expect(await appended()).toEqual([]);
  });

  it('is nothing for a rollout that is not there', async () => {
    expect((await post(newUid(), 'pause')).code).toBe(404);
  });
});

describe('a new rollout of a fleet', () => {
  const start = (body?: unknown, name = 'f') => call('POST', `/fleets/${name}/rollouts`, body);

  it('is of an earlier template version, and the fleet has a new resourceVersion', async () => {
    const answer = await start({ templateVersion: 'v1', immediate: true, reason: 'v2 is bad' });
    expect(answer.code).toBe(202);
    expect(await appended()).toMatchObject([
      {
        type: 'skein.fleet.rollout-requested.v1',
        version: 2,
        data: { templateVersion: scene.v1, generation: 1, immediate: true, reason: 'v2 is bad' },
      },
    ]);
    expect((await call('GET', '/fleets/f')).body.metadata.resourceVersion).toBe('2');
  });

  it.each([[undefined], [{}], [{ templateVersion: 'v2' }]])(
    'is of the newest one when it names that or none: %j',
    async (body) => {
      expect((await start(body)).code).toBe(202);
      expect(await appended()).toMatchObject([{ data: { templateVersion: null } }]);
    },
  );

  it('is refused for what is not there', async () => {
    expect((await start({ templateVersion: 'v9' })).code).toBe(404);
    expect((await start({}, 'nobody')).code).toBe(404);
    expect((await start({ templateVersion: 1 })).code).toBe(400);
    await call('PUT', '/fleets/g', fleet('g'));
    const none = await start({}, 'g');
    expect([none.code, none.body.message]).toEqual([409, expect.stringContaining('Valid')]);
  });
});
