import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

const hearers = ['selector', 'validation', 'rollout', 'render', 'repo'] as const;
const awayMs = 15_000;

async function checkpoints({ postgres }: Stage): Promise<Map<string, number>> {
  const rows = await postgres.query<{ service: string; number: number }>(
    'select service, min(number) as number from log.checkpoints group by service order by service',
  );
  return new Map(rows.map(({ service, number }) => [service, number]));
}

export const serviceStopped: Scenario = {
  name: 'service-stopped',
  title: 'a service is away while all others go on, and comes back',
  quick: false,
  run: async ({ stage, random, say }) => {
    const away = random.oneOf(hearers);
    await stage.service(away).end('SIGTERM');
    const before = await checkpoints(stage);
    say(`${away} is stopped, for ${awayMs} ms`);
    await sleep(awayMs);
    const after = await checkpoints(stage);
    const moved = [...after].map(([service, number]) => ({
      service,
      by: number - before.get(service)!,
    }));
    say(`checkpoints moved: ${moved.map(({ service, by }) => `${service} +${by}`).join(', ')}`);
    const stuck = moved.filter(({ service, by }) => service !== away && by === 0);
    if (stuck.length > 0) {
      throw new Error(`${stuck.map(({ service }) => service).join(', ')} stood still with ${away}`);
    }
    await stage.service(away).start();
    say(`${away} is back`);
  },
};
