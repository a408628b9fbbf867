import { setTimeout as sleep } from 'node:timers/promises';
import type { Room } from '@skein/migrate';
import type { Scenario } from '../scenario.js';
import {
  committed,
  handled,
  numbered,
  published,
  writing,
  type KillPoint,
} from '../stage/kill-points.js';
import { killThere, replaceByEdited } from './edited-services.js';

const consumers = ['selector', 'validation', 'rollout', 'render'] as const;

export const killPointsScenario: Scenario = {
  name: 'kill-points',
  title:
    'services kill themselves (SIGKILL) at named points: around commits, numbers, appends, acks',
  quick: false,
  cutsApi: true,
  killsConsumers: true,
  run: async (scene) => {
    const { random, say } = scene;
    const [one, other] = random.shuffled(consumers);
    await replaceByEdited(scene, ['gateway', 'replayer', one!, other!]);
    say(`gateway, replayer, ${one} and ${other} can kill themselves`);
    const kills: readonly (readonly [Room, KillPoint])[] = [
      ['gateway', committed],
      ['replayer', numbered],
      ['replayer', published],
      ...[one!, other!].flatMap((room) => [[room, writing] as const, [room, handled] as const]),
    ];
    for (const [room, point] of random.shuffled(kills)) {
      await killThere(scene, room, point);
      await sleep(random.between(0, 800));
    }
  },
};
