import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { LogScene } from '../../test/log-scene.js';
import { noEarlyBatch, rolloutsEnd } from './rollout-checks.js';

const [early, order, selection, rendering, twice, idle, none] = noEarlyBatch.map(
  ({ name }) => name,
);
const policy = {
  deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit: 2, successThreshold: '50%' }] },
};

let scene: LogScene;
let fleet: string;
let rollout: string;
let version: string;
let one: string;
let two: string;

beforeAll(async () => {
  scene = await LogScene.open();
}, 60_000);
afterAll(() => scene?.close());
beforeEach(async () => {
  await scene.clear();
  [version, one, two] = [newUid(), newUid(), newUid()];
  const parts = { generation: 1, selector: {}, template: {}, rolloutPolicy: policy };
  fleet = await scene.event('fleet.created', { name: 'f', ...parts });
  rollout = await scene.event('rollout.started', { ...about(), strategy: 'BatchSequence' });
});

const about = () => ({ fleet, templateVersion: version });
const dispatch = (batch: number) =>
  scene.event('rollout.batch-dispatched', { ...about(), batch }, rollout);
const select = (batch: number, ...devices: string[]) => {
  const members = devices.map((device) => ({ device }));
  return scene.event('rollout.devices-selected', { ...about(), batch, members }, rollout);
};
const render = (device: string, renderedVersion: number) => {
  const members = [{ device, renderedVersion, digest: '', size: 1 }];
  return scene.event('rendering.devices-rendered', { templateVersion: version, members }, fleet);
};
const report = (device: string, renderedVersion: number) =>
  scene.event('device.status-reported', { renderedVersion, updated: 'UpToDate' }, device);
const match = (device: string, owner: string | null) =>
  scene.event('matching.devices-matched', { members: [{ device, owner, labelsVersion: 1 }] });
const complete = () => scene.event('rollout.completed', about(), rollout);
const fail = (...devices: string[]) => {
  const members = devices.map((device) => ({ device, message: 'no such key' }));
  return scene.event('rendering.devices-failed', { templateVersion: version, members }, fleet);
};
const timeOut = (...devices: string[]) => {
  const members = devices.map((device) => ({ device, batch: 1 }));
  const data = { ...about(), timeoutSeconds: 60, members };
  return scene.event('rollout.devices-timed-out', data, rollout);
};
const standStill = () => {
  const counts = { devices: 2, updated: 0, failed: 2, threshold: 50 };
  const data = { ...about(), reason: 'SuccessThreshold', message: 'm', batch: 1, ...counts };
  return scene.event('rollout.waiting', data, rollout);
};
const names = async (checks = noEarlyBatch) => Object.keys(await scene.found(checks));

it('nothing is wrong with batches that wait for their devices', async () => {
  expect(await names(rolloutsEnd)).toHaveLength(1);
  await dispatch(1);
  await select(1, one, two);
  await render(one, 4);
  await report(one, 4);
  await dispatch(2);
  await render(two, 7);
  await report(two, 8);
  await complete();
  expect(await names()).toEqual([]);
  expect(await names(rolloutsEnd)).toEqual([]);
});

it('a batch began early when too few devices of the one before had reported', async () => {
  await dispatch(1);
  await select(1, one, two);
  await render(one, 4);
  await report(one, 3);
  await dispatch(2);
  await report(one, 4);
  expect(await names()).toEqual([early, none]);
});

it('a device that left counts no more', async () => {
  await dispatch(1);
  await select(1, one, two);
  const answer = { owner: null, labelsVersion: 2, multipleOwners: [] };
  const members = [one, two].map((device) => ({ device, ...answer }));
  await scene.event('matching.devices-matched', { members });
  await dispatch(2);
  expect(await names()).toEqual([none]);
});

it('a device that had left before it was selected counts no more: that may not have been heard', async () => {
  await match(one, null);
  await dispatch(1);
  await select(1, one);
  await complete();
  expect(await names()).toEqual([]);
});

it('a device that came before it was selected counts', async () => {
  await match(one, null);
  await match(one, fleet);
  await dispatch(1);
  await select(1, one);
  await complete();
  expect(await names()).toEqual([early]);
});

it('a device that was held back when the next batch began is one of its batch', async () => {
  await dispatch(1);
  await select(1, one);
  await render(one, 1);
  await report(one, 1);
  await dispatch(2);
  await select(1, two);
  expect(await names()).toEqual([none]);
  await scene.event('fleet.rollout-policy-updated', { rolloutPolicy: { ...policy } }, fleet);
  expect(await names()).toEqual([none]);
  const three = newUid();
  await select(1, three);
  expect(await names()).toEqual([early, none]);
});

it('a batch has the threshold that its fleet had asked for when the rollout began', async () => {
  await dispatch(1);
  await select(1, one, two);
  await scene.event('fleet.rollout-policy-updated', { rolloutPolicy: null }, fleet);
  await render(one, 1);
  await report(one, 1);
  await dispatch(2);
  expect(await names()).toEqual([none]);
});

it('a device that another rollout took counts no more', async () => {
  await dispatch(1);
  await select(1, one);
  const first = rollout;
  version = newUid();
  rollout = await scene.event('rollout.started', { ...about(), strategy: 'BatchSequence' });
  await dispatch(1);
  await select(1, one);
  await scene.event('rollout.batch-dispatched', { ...about(), batch: 2 }, first);
  expect(await names()).toEqual([none]);
});

it('no two batches select the same device, unless it left in between', async () => {
  await match(one, fleet);
  await dispatch(1);
  await select(1, one);
  await render(one, 1);
  await report(one, 1);
  await dispatch(2);
  await select(2, one);
  await complete();
  expect(await names()).toEqual([twice]);
});

it('a device that left and came back joins another batch', async () => {
  await match(one, fleet);
  await dispatch(1);
  await select(1, one);
  await match(one, null);
  await match(one, fleet);
  await dispatch(2);
  await select(2, one);
  await complete();
  expect(await names()).toEqual([]);
});

describe('an immediate rollout goes on', () => {
  beforeEach(async () => {
    await dispatch(1);
    await complete();
    for (const device of [one, two]) await match(device, fleet);
    version = newUid();
    rollout = await scene.event('rollout.started', { ...about(), strategy: 'Immediate' });
    const members = [one, two].map((device) => ({ device }));
    const selected = { ...about(), batch: null, members };
    await scene.event('rollout.devices-selected', selected, rollout);
    await render(one, 4);
    await report(one, 4);
  });

  it('as long as a device is on its way', async () => {
    expect(await names()).toEqual([]);
    await render(two, 4);
    await report(two, 3);
    expect(await names()).toEqual([]);
    await report(one, 3);
    await report(two, 4);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['reported', async () => void (await render(two, 4), await report(two, 4))],
    ['failed', () => fail(two)],
    ['timed out', () => timeOut(two)],
    ['left', () => match(two, null)],
    ['was deleted', () => scene.event('device.deleted', { name: 'two' }, two)],
  ])('and not when the last one %s', async (_how, end) => {
    await end();
    expect(await names()).toEqual([idle]);
    await complete();
    expect(await names()).toEqual([]);
  });
});

it('a rollout ends when all of its devices are updated', async () => {
  await dispatch(1);
  await select(1, one, two);
  await render(one, 1);
  await report(one, 1);
  await dispatch(2);
  await complete();
  expect(await names()).toEqual([early]);
});

it('failed devices have ended, but do not make a batch succeed', async () => {
  await dispatch(1);
  await select(1, one, two);
  await fail(one);
  await timeOut(two);
  await dispatch(2);
  await complete();
  expect(await names()).toEqual([early]);
});

it('a rollout that stands still says so, and one that was stopped has ended', async () => {
  await dispatch(1);
  await select(1, one, two);
  await fail(one, two);
  expect(await names(rolloutsEnd)).toHaveLength(1);
  await standStill();
  expect(await names(rolloutsEnd)).toEqual([]);
  await dispatch(2);
  expect(await names(rolloutsEnd)).toHaveLength(1);
  const stop = { reason: 'ErrorThreshold', message: 'm', devices: 2, updated: 0, failed: 2 };
  await scene.event('rollout.stopped', { ...about(), ...stop }, rollout);
  expect(await names(rolloutsEnd)).toEqual([]);
});

it('batches are in order, each once, and none after the end', async () => {
  await dispatch(2);
  expect(await names()).toEqual([order, none]);
  await dispatch(1);
  expect(await names()).toEqual([order, none]);
});

it('devices are selected after the batch was dispatched, and rendered after that', async () => {
  await select(1, one);
  await render(one, 1);
  await dispatch(1);
  expect(await names()).toEqual([selection, none]);
  await render(two, 1);
  await select(1, two);
  expect(await names()).toEqual([selection, rendering, none]);
});
