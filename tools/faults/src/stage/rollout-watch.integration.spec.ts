import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RolloutScene } from '../../test/rollout-scene.js';
import { latestRollout } from './rollout-watch.js';

const scene = new RolloutScene();
beforeAll(scene.open);
afterAll(scene.close);

it('follows the latest rollout of a fleet from batch to batch', async () => {
  const latest = async () => latestRollout(scene.log.admin, 'f');
  await scene.begin(null);
  expect(await latest()).toBeUndefined();
  await scene.start();
  const first = scene.rollout;
  expect(await latest()).toEqual({ rollout: first, batch: 0, word: 'active' });
  await scene.dispatch(1);
  await scene.dispatch(2);
  expect(await latest()).toEqual({ rollout: first, batch: 2, word: 'active' });
  await scene.complete();
  expect(await latest()).toEqual({ rollout: first, batch: 2, word: 'completed' });
  await scene.start();
  expect(await latest()).toEqual({ rollout: scene.rollout, batch: 0, word: 'active' });
  expect(await latestRollout(scene.log.admin, 'another')).toBeUndefined();
});
