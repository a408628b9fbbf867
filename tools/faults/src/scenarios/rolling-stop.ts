import { setTimeout as sleep } from 'node:timers/promises';
import { rooms, type Room } from '@skein/migrate';
import type { Scenario, Scene } from '../scenario.js';

async function replaceGateway({ stage, writers, random }: Scene, next: string): Promise<void> {
  writers.urls.push(await stage.addGateway(next));
  writers.urls.shift();
  // As load balancers do: what was sent to it before is on its way.
  await sleep(random.between(100, 1_000));
}

async function replace(scene: Scene, room: Room): Promise<void> {
  const { stage, say } = scene;
  const next = `${room}-next`;
  if (room === 'gateway') await replaceGateway(scene, next);
  else await stage.add(next, room);
  await stage.service(room).end('SIGTERM');
  say(`${room} is replaced`);
}

export const rollingStop: Scenario = {
  name: 'rolling-stop',
  title: 'each service is stopped (SIGTERM) in turn, once a new process of it runs',
  quick: false,
  run: async (scene) => {
    const { random } = scene;
    for (const room of random.shuffled(rooms)) {
      await replace(scene, room);
      await sleep(random.between(0, 1_000));
    }
  },
};
