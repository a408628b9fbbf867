import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import type { Scenario } from '../scenario.js';
import { Build } from '../stage/build.js';
import { GroupStream } from '../stage/group-stream.js';
import type { Service } from '../stage/service.js';

const hearers = ['selector', 'rollout', 'render'] as const;
const tries = 500;
const untilStillMs = 20;
const takenOverWithinMs = 20_000;
/**
 * A transaction that it left open blocks its peer until PostgreSQL ends it. As in production that is sooner than
 * the claim time-out, which is shorter here.
 */
const timeouts = '-c idle_in_transaction_session_timeout=2s -c lock_timeout=1s';

/** Freezes it while it has something in hand; answers what. */
async function freezeAtWork(service: Service, stream: GroupStream): Promise<readonly string[]> {
  for (let left = tries; left > 0; left -= 1) {
    service.freeze();
    await sleep(untilStillMs);
    const held = await stream.idsHeldBy(service.pid);
    if (held.length > 0) return held;
    service.thaw();
    await sleep(untilStillMs);
  }
  throw new Error(`${service.name} never had anything in hand`);
}

export const consumerFrozen: Scenario = {
  name: 'consumer-frozen',
  title: 'a consumer is frozen (SIGSTOP) with events in hand, a peer takes over, it goes on late',
  quick: false,
  killsConsumers: true,
  run: async ({ stage, random, say }) => {
    const room = random.oneOf(hearers);
    const replicas = [`${room}-a`, `${room}-b`];
    await Promise.all(
      replicas.map((name) => stage.add(name, room, Build.present, { PGOPTIONS: timeouts })),
    );
    await stage.service(room).end('SIGTERM');
    const stream = new GroupStream(stage.redisClient, room);
    for (let times = random.between(2, 4); times > 0; times -= 1) {
      const service = stage.service(random.oneOf(replicas));
      const held = await freezeAtWork(service, stream);
      say(`${service.name} is frozen with ${held.length} events in hand`);
      await waitFor(async () => !(await stream.isAnyPending(held)), {
        timeoutMs: takenOverWithinMs,
        message: 'a peer that handles what the frozen one has',
      });
      say('a peer has handled them; now it goes on');
      service.thaw();
      await sleep(random.between(200, 1_500));
    }
  },
};
