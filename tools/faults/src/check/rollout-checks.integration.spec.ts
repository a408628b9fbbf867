import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { RolloutScene } from '../../test/rollout-scene.js';
import { noEarlyBatch, rolloutsEnd } from './rollout-checks.js';

const [early, order, selection, rendering, twice, idle, none] = noEarlyBatch.map(
  ({ name }) => name,
);
const policy = {
  deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit: 2, successThreshold: '50%' }] },
};

const scene = new RolloutScene();
const { dispatch, select, render, report, run, fail, timeOut, match, remove, complete } = scene;
let one: string;
let two: string;

beforeAll(scene.open);
afterAll(scene.close);
beforeEach(async () => {
  [one, two] = [newUid(), newUid()];
  await scene.begin(policy);
  await scene.start();
});

const about = () => ({ fleet: scene.fleet, templateVersion: scene.version });
const standStill = () => {
  const counts = { devices: 2, updated: 0, failed: 2, threshold: 50 };
  const data = { ...about(), reason: 'SuccessThreshold', message: 'm', batch: 1, ...counts };
  return scene.log.event('rollout.waiting', data, scene.rollout);
};
const names = async (checks = noEarlyBatch) => Object.keys(await scene.log.found(checks));

it('nothing is wrong with batches that wait for their devices', async () => {
  expect(await names(rolloutsEnd)).toHaveLength(1);
  await dispatch(1);
  await select(1, one, two);
  await render(4, one);
  await report(one, 4);
  await dispatch(2);
  await render(7, two);
  await report(two, 8);
  await complete();
  expect(await names()).toEqual([]);
  expect(await names(rolloutsEnd)).toEqual([]);
});

it('a batch began early when too few devices of the one before had reported', async () => {
  await dispatch(1);
  await select(1, one, two);
  await render(4, one);
  await report(one, 3);
  await dispatch(2);
  await report(one, 4);
  expect(await names()).toEqual([early, none]);
});

it('a device that left counts no more', async () => {
  await dispatch(1);
  await select(1, one, two);
  await match(null, one, two);
  await dispatch(2);
  expect(await names()).toEqual([none]);
});

it('a device that had left before it was selected counts no more: that may not have been heard', async () => {
  await match(null, one);
  await dispatch(1);
  await select(1, one);
  await complete();
  expect(await names()).toEqual([]);
});

it('a device that came before it was selected counts', async () => {
  await match(null, one);
  await match(scene.fleet, one);
  await dispatch(1);
  await select(1, one);
  await complete();
  expect(await names()).toEqual([early]);
});

it('a device that was held back when the next batch began is one of its batch', async () => {
  await dispatch(1);
  await select(1, one);
  await render(1, one);
  await report(one, 1);
  await dispatch(2);
  await select(1, two);
  expect(await names()).toEqual([none]);
  await scene.log.event(
    'fleet.rollout-policy-updated',
    { rolloutPolicy: { ...policy } },
    scene.fleet,
  );
  expect(await names()).toEqual([none]);
  const three = newUid();
  await select(1, three);
  expect(await names()).toEqual([early, none]);
});

it('a batch has the threshold that its fleet had asked for when the rollout began', async () => {
  await dispatch(1);
  await select(1, one, two);
  await scene.log.event('fleet.rollout-policy-updated', { rolloutPolicy: null }, scene.fleet);
  await render(1, one);
  await report(one, 1);
  await dispatch(2);
  expect(await names()).toEqual([none]);
});

it('a device that another rollout took counts no more', async () => {
  await dispatch(1);
  await select(1, one);
  const first = scene.rollout;
  await scene.start();
  await dispatch(1);
  await select(1, one);
  await dispatch(2, first);
  expect(await names()).toEqual([none]);
});

it('no two batches select the same device, unless it left in between', async () => {
  await match(scene.fleet, one);
  await dispatch(1);
  await select(1, one);
  await render(1, one);
  await report(one, 1);
  await dispatch(2);
  await select(2, one);
  await complete();
  expect(await names()).toEqual([twice]);
});

it('a device that left and came back joins another batch', async () => {
  await match(scene.fleet, one);
  await dispatch(1);
  await select(1, one);
  await match(null, one);
  await match(scene.fleet, one);
  await dispatch(2);
  await select(2, one);
  await complete();
  expect(await names()).toEqual([]);
});

describe('an immediate rollout goes on', () => {
  beforeEach(async () => {
    await dispatch(1);
    await complete();
    await match(scene.fleet, one, two);
    await scene.start({ strategy: 'Immediate' });
    await select(null, one, two);
    await run(4, one);
  });

  it('as long as a device is on its way', async () => {
    expect(await names()).toEqual([]);
    await render(4, two);
    await report(two, 3);
    expect(await names()).toEqual([]);
    await report(one, 3);
    await report(two, 4);
    expect(await names()).toEqual([]);
  });

  it.each([
    ['reported', async () => void (await render(4, two), await report(two, 4))],
    ['failed', () => fail(two)],
    ['timed out', () => timeOut(two)],
    ['left', () => match(null, two)],
    ['was deleted', () => remove(two)],
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
  await render(1, one);
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
  await scene.log.event('rollout.stopped', { ...about(), ...stop }, scene.rollout);
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
  await render(1, one);
  await dispatch(1);
  expect(await names()).toEqual([selection, none]);
  await render(1, two);
  await select(1, two);
  expect(await names()).toEqual([selection, rendering, none]);
});
