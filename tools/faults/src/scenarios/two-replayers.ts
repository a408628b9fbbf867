import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import type { Scenario, Scene } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

const leaseMs = 1_000;
const others = ['replayer-b', 'replayer-c'] as const;
const takenOverWithinMs = 20_000;

/** The name of the replayer that leads; undefined while none does. */
async function leader(stage: Stage, names: readonly string[]): Promise<string | undefined> {
  const [row] = await stage.postgres.query<{ holder: string }>(
    `select holder from log.leases where name = 'replayer' and expires_at > now()`,
  );
  // A holder's name has its process id and then a time.
  const pid = Number(row?.holder.split('-').at(-2));
  return names.find((name) => stage.service(name).pid === pid);
}

/** Who leads, once it is none of these. */
async function nextLeader(
  stage: Stage,
  names: readonly string[],
  not: string | undefined,
): Promise<string> {
  let found: string | undefined;
  await waitFor(async () => (found = await leader(stage, names)) && found !== not, {
    timeoutMs: takenOverWithinMs,
    message: 'another replayer that leads',
  });
  return found!;
}

async function numbers({ postgres }: Stage): Promise<number> {
  const [row] = await postgres.query<{ last: number }>(
    'select coalesce(max(sequence), 0) as last from log.sequence',
  );
  return row!.last;
}

async function freezeLeader({ stage, random, say }: Scene, names: readonly string[]) {
  const leading = await nextLeader(stage, names, undefined);
  const service = stage.service(leading);
  service.freeze();
  const next = await nextLeader(stage, names, leading);
  const before = await numbers(stage);
  await waitFor(async () => (await numbers(stage)) > before, {
    timeoutMs: takenOverWithinMs,
    message: `numbers from ${next}`,
  });
  await sleep(random.between(0, 1_500));
  service.thaw();
  say(`${leading} was frozen, ${next} took over, and ${leading} goes on late`);
}

async function killLeader({ stage, random, say }: Scene, names: readonly string[]) {
  const leading = await nextLeader(stage, names, undefined);
  const service = stage.service(leading);
  await service.end('SIGKILL');
  const next = await nextLeader(stage, names, leading);
  await sleep(random.between(0, 500));
  await service.start();
  say(`${leading} was killed, and ${next} took over`);
}

export const twoReplayers: Scenario = {
  name: 'two-replayers',
  title:
    'two or three replayers race: whoever leads is frozen past its lease and goes on late, or is killed',
  quick: false,
  environment: { SKEIN_LEASE_MS: String(leaseMs) },
  run: async (scene) => {
    const { stage, random, say } = scene;
    const added = others.slice(0, random.between(1, others.length));
    await Promise.all(added.map((name) => stage.add(name, 'replayer')));
    const names = ['replayer', ...added];
    say(`${names.length} replayers run`);
    for (let times = random.between(5, 8); times > 0; times -= 1) {
      await (random.between(1, 3) === 1 ? killLeader : freezeLeader)(scene, names);
      await sleep(random.between(0, 1_000));
    }
  },
};
