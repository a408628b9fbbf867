import { setTimeout as sleep } from 'node:timers/promises';
import { rooms } from '@skein/migrate';
import type { Scenario } from '../scenario.js';

export const killService: Scenario = {
  name: 'kill-service',
  title: 'each service is killed (SIGKILL) in turn, and started again',
  quick: true,
  cutsApi: true,
  killsConsumers: true,
  run: async ({ stage, random, say }) => {
    for (const room of random.shuffled(rooms)) {
      await sleep(random.between(0, 400));
      const service = stage.service(room);
      await service.end('SIGKILL');
      say(`${room} is killed`);
      await service.start();
    }
  },
};
