import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import { judgedBudgets } from '../check/budget-checks.js';
import { largeJoins } from '../check/large-joins.js';
import { put } from '../load/api.js';
import { Crowd } from '../load/crowd.js';
import { CrowdChanges } from '../load/crowd-changes.js';
import {
  crowdBatches,
  crowdFleet,
  crowdFleetWith,
  crowdSize,
  type CrowdTemplate,
} from '../load/crowd-manifests.js';
import { Random } from '../random.js';
import type { Scenario, Scene } from '../scenario.js';
import { handled, writing } from '../stage/kill-points.js';
import { latestRollout, type RolloutProgress } from '../stage/rollout-watch.js';
import type { Stage } from '../stage/stage.js';
import { killNow, killThere, replaceByEdited } from './edited-services.js';

/** Who is killed at once. */
const victims = [['rollout'], ['render'], ['rollout', 'render']] as const;
const lookEveryMs = 500;
const createdWithinMs = 120_000;
/** A rollout that takes longer is found by the checks: it has not ended. */
const patienceMs = 240_000;

/** What becomes of the first rollout. The last two are followed by another one. */
const courses = ['alone', 'overtaken', 'standing still'] as const;

type Look = (progress: RolloutProgress) => boolean;
/** One that waits goes on once its devices report, which they do late when the machine has much to do. */
const hasEnded: Look = ({ word }) => word !== 'active' && word !== 'waiting';
const standsStill: Look = ({ word }) => word !== 'active';

interface JudgedBudgets {
  readonly judged: number;
  readonly full: number;
  readonly peak: number;
}
const JUDGED = `
select count(*) as judged, count(*) filter (where away >= most) as full, max(away) as peak
from (${judgedBudgets}) j where fleet in (select uid from gateway.fleets where name = $1)`;

/** The large fleet in a round. */
class CrowdRollouts {
  private edition = 0;
  private kills = 0;

  constructor(
    private readonly scene: Scene,
    private readonly crowd: Crowd,
    private readonly changes: CrowdChanges,
  ) {}

  /** The fleet gets a template; resolves when its rollout has begun, unless it is invalid. */
  async change(template: CrowdTemplate): Promise<void> {
    const { stage, writers } = this.scene;
    const before = await latestRollout(stage.postgres, crowdFleet);
    const body = crowdFleetWith(template, (this.edition += 1));
    const answer = await put(writers.urls[0]!, `fleets/${crowdFleet}`, body);
    if (answer.kind !== 'saved') throw new Error(answer.reason);
    if (template === 'invalid') return;
    await this.until(({ rollout }) => rollout !== before?.rollout);
  }

  /** Disturbs the rollout in the middle of each batch up to this one, as long as it is not over. */
  async disturb(lastBatch: number, isOver = hasEnded): Promise<void> {
    for (let batch = 1; batch <= lastBatch; batch += 1) {
      const progress = await this.until((now) => now.batch >= batch || isOver(now));
      if (!progress || isOver(progress)) return;
      this.scene.say(`batch ${progress.batch} has begun`);
      await this.changes.make();
      for (let times = this.scene.random.between(1, 2); times > 0; times -= 1) await this.kill();
    }
  }

  /** Resolves when the rollout is over. */
  async end(isOver = hasEnded): Promise<void> {
    const progress = await this.until(isOver);
    this.scene.say(`the rollout is ${progress?.word ?? 'late'}, after ${this.kills} kills so far`);
  }

  private async kill(): Promise<void> {
    const { scene } = this;
    const { random } = scene;
    await sleep(random.between(0, 800));
    const rooms = random.oneOf(victims);
    const point = random.oneOf([undefined, writing, handled]);
    await Promise.all(
      rooms.map((room) => (point ? killThere(scene, room, point) : killNow(scene, room))),
    );
    this.kills += rooms.length;
  }

  /** Undefined when it takes too long. */
  private async until(isThere: Look): Promise<RolloutProgress | undefined> {
    const { postgres } = this.scene.stage;
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      this.crowd.requireLiving();
      const progress = await latestRollout(postgres, crowdFleet);
      if (progress && isThere(progress)) return progress;
      await sleep(lookEveryMs);
    }
    return undefined;
  }
}

/** All devices are known to belong to the fleet. */
async function untilMatched({ postgres }: Stage): Promise<void> {
  const matched = async () => {
    const [found] = await postgres.query<{ count: number }>(
      `select count(*) from gateway.device_views v join gateway.fleets f on f.uid = v.owner
       where f.name = $1`,
      [crowdFleet],
    );
    return found!.count >= crowdSize;
  };
  const message = 'the devices of the large fleet to be matched';
  await waitFor(matched, { timeoutMs: createdWithinMs, intervalMs: lookEveryMs, message });
}

/** Says what the check of the budgets will look at: without that it would prove nothing. */
async function requireJudged({ stage, say }: Scene): Promise<void> {
  const [found] = await largeJoins(stage.postgres, (one) =>
    one.query<JudgedBudgets>(JUDGED, [crowdFleet]),
  );
  const { judged, full, peak } = found!;
  say(`the budget was judged ${judged} times, ${full} times when it was full; ${peak} at the most`);
  if (full === 0) throw new Error('no group of devices ever filled its disruption budget');
}

async function run(scene: Scene): Promise<void> {
  const { stage, writers, random, say } = scene;
  await replaceByEdited(scene, ['rollout', 'render']);
  const seeds = () => new Random(random.between(1, 1_000_000));
  const crowd = await Crowd.open(stage.urlOf('gateway'), stage.redisUrl, seeds());
  scene.atEnd(() => crowd.stop());
  const rollouts = new CrowdRollouts(scene, crowd, new CrowdChanges(writers, seeds()));
  // Devices come to a fleet that is there: each is matched once. None is rolled out to it yet.
  await rollouts.change('invalid');
  await crowd.start();
  await untilMatched(stage);
  const course = random.oneOf(courses);
  say(`${crowdSize} devices are in the fleet; its rollout is ${course}`);
  await rollouts.change(course === 'standing still' ? 'impossible' : 'good');
  if (course === 'standing still') {
    await rollouts.disturb(1, standsStill);
    await rollouts.end(standsStill);
  }
  if (course === 'overtaken') await rollouts.disturb(random.between(2, crowdBatches - 1));
  if (course !== 'alone') await rollouts.change('good');
  await rollouts.disturb(crowdBatches);
  await rollouts.end();
  await requireJudged(scene);
}

export const rollout: Scenario = {
  name: 'rollout',
  title: `rollout and render are killed (SIGKILL) in the middle of each batch of ${crowdSize} devices`,
  quick: false,
  killsConsumers: true,
  run,
};
