import { setTimeout as sleep } from 'node:timers/promises';
import { put } from '../load/api.js';
import { tokensOnly } from '../load/access.js';
import { Herd, herdFleet, herdSize, herdWaitMs } from '../load/herd.js';
import { fleet } from '../load/manifests.js';
import { Watching } from '../load/watching.js';
import { Random } from '../random.js';
import type { Scenario, Scene } from '../scenario.js';

const replicas = ['gateway', 'gateway-2', 'gateway-3'] as const;
type Replica = (typeof replicas)[number];

/** What is watched, by a program each. */
const watched = [
  ['devices', { labelSelector: `fleet=${herdFleet}` }],
  ['devices', { labelSelector: `fleet!=${herdFleet}` }],
  ['fleets'],
  ['fleets', { labelSelector: '!none' }],
  ['repositories'],
] as const;
const firstWrite = 3_000_000;
const lookMs = 100;

/** Replicas of the gateway with everybody who depends on them. */
class Replicas {
  private readonly urls = new Map<Replica, string>();
  private readonly herd: Herd;
  private readonly watching: readonly Watching[];
  private edition = firstWrite;

  constructor(private readonly scene: Scene) {
    const { writers, random } = scene;
    const seeds = () => new Random(random.between(1, 1_000_000));
    this.herd = new Herd(writers, seeds());
    this.watching = watched.map(([path, query]) => new Watching(writers, seeds(), path, query));
  }

  async start(): Promise<void> {
    const { stage, writers, say, atEnd, whenDone } = this.scene;
    this.urls.set('gateway', writers.urls[0]!);
    for (const name of replicas.slice(1)) {
      const url = await stage.addGateway(name);
      this.urls.set(name, url);
      writers.urls.push(url);
    }
    await this.change();
    atEnd(() => this.stop());
    await this.herd.start();
    for (const one of this.watching) one.start();
    say(`${herdSize} devices wait at ${replicas.length} gateways, each with a token of its own`);
    whenDone((withinMs) => this.wrong(withinMs));
  }

  /** The fleet of the devices that wait gets another template. */
  async change(): Promise<void> {
    const { writers, random } = this.scene;
    const write = (this.edition += 1);
    const body = fleet(herdFleet, write);
    const answer = await put(random.oneOf(writers.urls), `fleets/${herdFleet}`, body);
    if (answer.kind !== 'saved') throw new Error(answer.reason);
    const { version } = answer;
    writers.acknowledged.push({ kind: 'Fleet', name: herdFleet, version, write });
  }

  async kill(name: Replica): Promise<void> {
    const { stage, random, say } = this.scene;
    const service = stage.service(name);
    await service.end('SIGKILL');
    say(`${name} is killed`);
    await sleep(random.between(0, 1_000));
    await service.start();
  }

  /**
   * Takes it out of the list first, as load balancers do.
   * @throws when the connection of a write broke meanwhile
   */
  async drain(name: Replica): Promise<void> {
    const { stage, writers, random, say } = this.scene;
    const url = this.urls.get(name)!;
    writers.urls.splice(writers.urls.indexOf(url), 1);
    const before = writers.unanswered.length;
    await sleep(random.between(100, 1_000));
    await stage.service(name).end('SIGTERM');
    // One that is late was asked of a machine that is busy: what stops keeps nobody waiting so long.
    const unanswered = writers.unanswered.slice(before).filter((one) => !one.includes('timeout'));
    if (unanswered.length > 0) throw new Error(`${name} was drained: ${unanswered[0]}`);
    await stage.service(name).start();
    writers.urls.push(url);
    say(`${name} is drained, and back`);
  }

  private async wrong(withinMs: number): Promise<string[]> {
    const { herd, watching } = this;
    const deadline = performance.now() + withinMs;
    const { postgres } = this.scene.stage;
    let behind = await herd.behind(postgres);
    while (behind.length > 0 && performance.now() < deadline) {
      await sleep(lookMs);
      behind = await herd.behind(postgres);
    }
    const missed = await Promise.all(watching.map((one) => one.missed(withinMs)));
    this.sayCounts();
    const refused = [herd, ...watching].flatMap((one) => one.refused);
    return [...few('a device', behind), ...few('a refusal', refused), ...missed.flat()];
  }

  private sayCounts(): void {
    const { documents, empty, broken } = this.herd.counts;
    const sum = (what: 'lists' | 'watches') =>
      this.watching.reduce((total, { counts }) => total + counts[what], 0);
    this.scene.say(
      `devices got ${documents} documents, ${empty} waits ended without one, ${broken} connections broke; ` +
        `${this.watching.length} programs listed ${sum('lists')} times and watched ${sum('watches')} times`,
    );
  }

  private async stop(): Promise<void> {
    await Promise.all([this.herd, ...this.watching].map((one) => one.stop()));
  }
}

const few = (what: string, all: readonly string[]): string[] =>
  all.length > 0 ? [`${all.length} × ${what}: ${all.slice(0, 3).join('; ')}`] : [];

async function run(scene: Scene): Promise<void> {
  const { random } = scene;
  const all = new Replicas(scene);
  await all.start();
  const steps = replicas.flatMap((name) => [() => all.kill(name), () => all.drain(name)]);
  for (const step of random.shuffled(steps)) {
    await all.change();
    // Documents are made, handed out and reported meanwhile.
    await sleep(random.between(0, 1_500));
    await step();
  }
}

export const gatewayReplicas: Scenario = {
  name: 'gateway',
  title: `three gateways are killed (SIGKILL) and drained (SIGTERM) while ${herdSize} devices wait at them`,
  quick: false,
  cutsApi: true,
  killsConsumers: true,
  environment: { ...tokensOnly(), SKEIN_LONG_POLL_MS: String(herdWaitMs) },
  run,
};
