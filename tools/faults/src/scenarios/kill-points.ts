import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Room } from '@skein/migrate';
import { freePort } from '@skein/testing';
import type { Scenario, Scene } from '../scenario.js';
import { Build } from '../stage/build.js';
import {
  committed,
  handled,
  killAt,
  killPoints,
  numbered,
  published,
  settingsFor,
  writing,
  type KillPoint,
} from '../stage/kill-points.js';

const consumers = ['selector', 'validation', 'rollout', 'render'] as const;
/** As load balancers do: what was sent to a gateway before is on its way. */
const drainMs = 500;

const edited = (room: Room) => `${room}-edited`;

/** The rooms run from the edited build from now on, and nowhere else. */
async function replace(scene: Scene, rooms: readonly Room[]): Promise<void> {
  const { stage, writers } = scene;
  const build = await Build.copy(
    join(stage.folder, 'edited'),
    killPoints.map(({ edit }) => edit),
  );
  const port = await freePort();
  await Promise.all(
    rooms.map((room) => {
      const settings = settingsFor(stage.folder, edited(room));
      const more = room === 'gateway' ? { SKEIN_GATEWAY_PORT: String(port) } : {};
      return stage.add(edited(room), room, build, { ...settings, ...more });
    }),
  );
  writers.urls.push(`http://127.0.0.1:${port}`);
  writers.urls.shift();
  await sleep(drainMs);
  await Promise.all(rooms.map((room) => stage.service(room).end('SIGTERM')));
}

async function kill({ stage, random, say }: Scene, room: Room, point: KillPoint): Promise<void> {
  const service = stage.service(edited(room));
  await killAt(service, stage.folder, point);
  say(`${room} is killed ${point.where}`);
  await sleep(random.between(0, 500));
  await service.start();
}

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
    await replace(scene, ['gateway', 'replayer', one!, other!]);
    say(`gateway, replayer, ${one} and ${other} can kill themselves`);
    const kills: readonly (readonly [Room, KillPoint])[] = [
      ['gateway', committed],
      ['replayer', numbered],
      ['replayer', published],
      ...[one!, other!].flatMap((room) => [[room, writing] as const, [room, handled] as const]),
    ];
    for (const [room, point] of random.shuffled(kills)) {
      await kill(scene, room, point);
      await sleep(random.between(0, 800));
    }
  },
};
