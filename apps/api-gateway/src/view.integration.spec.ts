import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  batchDispatched,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Transaction } from '@skein/postgres';
import {
  consumerHarness,
  jsonClient,
  untilLockIsWaitedFor,
  type ConsumerHarness,
} from '@skein/testing';
import { apiVersion } from '../test/manifests.js';
import { hearingOf, ViewScene } from '../test/view-scene.js';
import { GatewayView } from './gateway.view.js';

const view = new ViewScene({
  migratedDatabase,
  jsonClient,
  consumerHarness,
  environment: process.env,
});
const { call, read, version } = view;
const { matched, minted, selected, rendered, failed, validated } = view;
let harness: ConsumerHarness;
let fleet: string;

beforeAll(() => view.open());
beforeEach(async () => {
  ({ harness, fleet } = await view.renew());
});
afterAll(() => view.close());

const report = (renderedVersion: number, status = 'UpToDate') =>
  call('PUT', '/devices/d/status', {
    ...{ apiVersion, kind: 'Device', metadata: {} },
    status: { config: { renderedVersion: String(renderedVersion) }, updated: { status } },
  });

describe('what the gateway hears', () => {
  it('devices matched: the owner, and who else selects the device', async () => {
    expect(await harness.handle(matched(fleet, ['f', 'g']))).toEqual([]);
    const body = await read();
    expect(body.metadata.owner).toBe('Fleet/f');
    expect(body.status.conditions).toMatchObject([{ type: 'MultipleOwners', status: 'True' }]);
    await harness.handle(matched(null));
    expect((await read()).metadata.owner).toBeUndefined();
  });

  it('template version created: it can be read under its fleet', async () => {
    await harness.handle(minted());
    const { body } = await call('GET', '/fleets/f/templateversions/f-1');
    expect(body).toMatchObject({
      kind: 'TemplateVersion',
      metadata: { owner: 'Fleet/f' },
      spec: { fleet: 'f' },
    });
    expect((await call('GET', '/fleets/f/templateversions')).body.items).toEqual([body]);
    expect((await call('GET', '/fleets/f/templateversions/none')).code).toBe(404);
    expect((await call('GET', '/fleets/none/templateversions')).code).toBe(404);
  });

  it('fleet validated: the condition Valid, with the time of its last change', async () => {
    await harness.handle(validated(false));
    const condition = async () => (await call('GET', '/fleets/f')).body.status.conditions[0];
    expect(await condition()).toMatchObject({
      type: 'Valid',
      status: 'False',
      message: 'm',
      observedGeneration: 1,
    });
    await harness.handle(validated(true));
    expect(await condition()).toMatchObject({
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:00.000Z',
    });
  });

  it('rollout started and completed: the condition RolloutInProgress', async () => {
    const templateVersion = version;
    const started = harness.event(rolloutStarted, newUid(), {
      fleet,
      templateVersion,
      strategy: 'Immediate',
    });
    await harness.handle(minted(), started);
    const condition = async () => (await call('GET', '/fleets/f')).body.status.conditions[0];
    expect(await condition()).toMatchObject({ type: 'RolloutInProgress', status: 'True' });
    await harness.handle(harness.event(rolloutCompleted, newUid(), { fleet, templateVersion }));
    expect(await condition()).toMatchObject({
      status: 'False',
      message: 'template version f-1 was rolled out',
    });
  });

  it('rollout batch dispatched, waiting, stopped and superseded: the batch, and why it does not go on', async () => {
    const about = { fleet, templateVersion: version };
    const counts = { devices: 4, updated: 1, failed: 3 };
    const uid = newUid();
    const shown = async () => (await call('GET', '/fleets/f')).body.status;
    await harness.handle(minted(), harness.event(batchDispatched, uid, { ...about, batch: 2 }));
    expect(await shown()).toMatchObject({
      conditions: [{ type: 'RolloutInProgress', status: 'True', reason: 'Active' }],
      rollout: { currentBatch: 2 },
    });
    const waiting = {
      reason: 'Approval' as const,
      message: 'batch 3 waits',
      batch: 3,
      threshold: 90,
    };
    await harness.handle(harness.event(rolloutWaiting, uid, { ...about, ...counts, ...waiting }));
    expect(await shown()).toMatchObject({
      conditions: [
        { status: 'True', reason: 'Waiting', message: expect.stringContaining('batch 3 waits') },
      ],
      rollout: { currentBatch: 3 },
    });
    const stopped = { reason: 'ErrorThreshold' as const, message: '3 of 4 devices failed' };
    await harness.handle(harness.event(rolloutStopped, uid, { ...about, ...counts, ...stopped }));
    expect(await shown()).toMatchObject({
      conditions: [
        { status: 'False', reason: 'Suspended', message: expect.stringContaining('3 of 4') },
      ],
    });
    const superseded = { ...about, reason: 'NewTemplateVersion' as const };
    await harness.handle(harness.event(rolloutSuperseded, uid, superseded));
    expect(await shown()).toMatchObject({ conditions: [{ status: 'False', reason: 'Inactive' }] });
  });

  it('devices selected and rendered: the annotations, and whether the device is up to date', async () => {
    const updated = async () => (await read()).status.updated.status;
    await harness.handle(matched(fleet), minted(), selected());
    expect((await read()).metadata.annotations).toEqual({
      'fleet-controller/templateVersion': 'f-1',
    });
    expect(await updated()).toBe('Unknown');
    await harness.handle(rendered(1, version));
    await report(0, 'Updating');
    expect(await updated()).toBe('Updating');
    await report(1);
    expect(await updated()).toBe('UpToDate');
    const annotations = {
      'fleet-controller/templateVersion': 'f-1',
      'device-controller/renderedVersion': '1',
    };
    expect((await read()).metadata.annotations).toEqual(annotations);
    const next = newUid();
    await harness.handle(minted(next, 'f-2', 2));
    expect(await updated()).toBe('OutOfDate');
    await harness.handle(selected(next), rendered(1, next));
    expect(await updated()).toBe('UpToDate');
  });

  it('devices failed: why, until they are rendered', async () => {
    await harness.handle(rendered(1, null), failed('no such parameter'));
    expect((await read()).status.updated.info).toBe('no such parameter');
    expect((await read()).status.conditions).toMatchObject([
      { type: 'SpecValid', status: 'False' },
    ]);
    await harness.handle(rendered(2, null));
    expect((await read()).status.conditions).toEqual([]);
  });

  it('counts the devices of a fleet when asked', async () => {
    await harness.handle(matched(fleet), rendered(1, null));
    await report(1);
    const { body } = await call('GET', '/fleets/f?addDevicesSummary=true');
    const counts = { total: 1, updateStatus: { UpToDate: 1 }, summaryStatus: { Unknown: 1 } };
    expect(body.status.devicesSummary).toMatchObject(counts);
    expect((await call('GET', '/fleets/f')).body.status.devicesSummary).toBeUndefined();
  });
});

describe('what is deleted while events about it are folded', () => {
  /** Folds twice in one transaction, as a batch does, and deletes in between; resolves with the answer to that. */
  async function deletedBetween(
    path: string,
    first: (transaction: Transaction) => Promise<void>,
    second: (transaction: Transaction) => Promise<void>,
  ): Promise<number> {
    const { postgres } = hearingOf(view.app);
    const answer = await postgres.transaction(async (transaction) => {
      await first(transaction);
      const deleting = call('DELETE', path);
      await untilLockIsWaitedFor(postgres);
      await transaction.query(`set local lock_timeout = '200ms'`);
      await second(transaction);
      return { deleting };
    });
    return (await answer.deleting).code;
  }

  it('waits for the batch, which does not wait for it', async () => {
    const own = view.app.get(GatewayView);
    const device = await deletedBetween(
      '/devices/d',
      (transaction) => own.foldOwners(transaction, [matched(fleet)]),
      (transaction) => own.foldTargets(transaction, [selected()]),
    );
    const versions = await deletedBetween(
      '/fleets/f',
      (transaction) => own.foldValidity(transaction, [validated(true)]),
      (transaction) => own.foldTemplateVersions(transaction, [minted()]),
    );
    expect([device, versions]).toEqual([200, 200]);
  });
});
