import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import type { Scenario, Scene } from '../scenario.js';
import { GroupStream } from '../stage/group-stream.js';
import type { Stage } from '../stage/stage.js';

/** The services that get the most of the load. */
const hearers = ['gateway', 'selector', 'rollout', 'render'] as const;
/** Fewer would hardly show anything. */
const enough = 5;

/** Of what is in the stream: how many events took effect, and how many of these the inbox has no more. */
async function handled({ postgres }: Stage, stream: GroupStream) {
  const numbers = (await stream.ids()).map((id) => Number.parseInt(id, 10));
  const [row] = await postgres.query<{ done: number; pruned: number }>(
    `select count(*) as done, count(*) filter (where i.number is null) as pruned
     from (select distinct number from faults.effects
           where service = $1 and number = any($2::bigint[])) e
     left join ${stream.group}.inbox i using (number)`,
    [stream.group, numbers],
  );
  return row!;
}

const setBack = ({ redis, key, group }: GroupStream) => redis.xgroup('SETID', key, group, '0');

/**
 * Nothing is trimmed meanwhile, so that all of it comes again: also what the checkpoint has passed, and is pruned
 * from the inbox.
 */
async function setBackUntrimmed({ stage, say }: Scene, stream: GroupStream): Promise<void> {
  const { redisClient } = stage;
  await redisClient.call('ACL', 'SETUSER', 'default', '-xtrim');
  try {
    const { done, pruned } = await waitFor(
      async () => {
        const found = await handled(stage, stream);
        return found.pruned >= enough && found.done > found.pruned ? found : undefined;
      },
      { message: `entries of ${stream.group} that are done and still in its stream` },
    );
    const ids = await stream.ids();
    await setBack(stream);
    await waitFor(() => stream.hasRead(ids), {
      message: `${stream.group} to read ${ids.length} entries again`,
    });
    say(`${stream.group}: ${done} handled events came again, ${pruned} of them pruned already`);
  } finally {
    await redisClient.call('ACL', 'SETUSER', 'default', '+xtrim');
  }
}

export const deliveredAgain: Scenario = {
  name: 'delivered-again',
  title: 'groups are set back to the beginning: all that is in their streams is delivered again',
  quick: false,
  run: async (scene) => {
    const { stage, random, say } = scene;
    for (let times = random.between(3, 5); times > 0; times -= 1) {
      await setBackUntrimmed(scene, new GroupStream(stage.redisClient, random.oneOf(hearers)));
      const stream = new GroupStream(stage.redisClient, random.oneOf(hearers));
      for (let more = random.between(1, 4); more > 0; more -= 1) {
        await sleep(random.between(0, 700));
        await setBack(stream);
      }
      say(`${stream.group} was set back some times, while its stream is trimmed`);
    }
  },
};
