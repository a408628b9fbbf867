import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Scenario } from '../scenario.js';
import { GroupStream } from '../stage/group-stream.js';

/** The services that get the most of the load. */
const hearers = ['gateway', 'selector', 'rollout', 'render'] as const;

interface Damage {
  readonly what: string;
  readonly losesEntries: boolean;
  readonly make: (stream: GroupStream, random: Random) => Promise<unknown>;
}

const damages: readonly Damage[] = [
  {
    what: 'the stream is deleted',
    losesEntries: false,
    make: ({ redis, key }) => redis.del(key),
  },
  {
    what: 'the group is destroyed',
    losesEntries: false,
    make: ({ redis, key, group }) => redis.xgroup('DESTROY', key, group),
  },
  {
    what: 'half of the stream is trimmed',
    losesEntries: true,
    make: async ({ redis, key }) =>
      redis.xtrim(key, 'MAXLEN', Math.floor((await redis.xlen(key)) / 2)),
  },
  {
    what: 'some entries are deleted',
    losesEntries: true,
    make: async (stream, random) => {
      const ids = (await stream.ids()).filter(() => random.between(1, 3) === 1);
      if (ids.length > 0) await stream.redis.xdel(stream.key, ...ids);
    },
  },
];

export const streamDamage: Scenario = {
  name: 'stream-damage',
  title: 'streams are deleted, lose their group, are trimmed, or lose entries: one of it by seed',
  quick: false,
  run: async ({ stage, random, say, loseEntries }) => {
    const { what, losesEntries, make } = random.oneOf(damages);
    if (losesEntries) loseEntries();
    for (let times = random.between(4, 7); times > 0; times -= 1) {
      const room = random.oneOf(hearers);
      const service = stage.service(room);
      const stream = new GroupStream(stage.redisClient, room);
      // So that entries are there which it has not handled; far shorter than the claim time-out.
      service.freeze();
      await sleep(random.between(200, 800));
      say(`${room}: ${what}, which had ${(await stream.ids()).length} entries`);
      await make(stream, random);
      await sleep(random.between(0, 500));
      service.thaw();
      await sleep(random.between(50, 1_500));
    }
  },
};
