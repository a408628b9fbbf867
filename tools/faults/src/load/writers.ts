import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { put, remove, type Answer } from './api.js';
import {
  device,
  fleet,
  fleetNames,
  nowhere,
  repository,
  repositoryNames,
  stagedDevices,
  stagedFleet,
} from './manifests.js';

/** A write that the API answered: it must be in the log, whatever happens. */
export interface Acknowledged {
  readonly kind: 'Device' | 'Fleet' | 'Repository';
  readonly name: string;
  /** Of the object, as the answer said. */
  readonly version: number;
  readonly write: number;
}

/** How much had been acknowledged at some moment. */
export interface Mark {
  readonly written: number;
  readonly removed: number;
}

const deviceWriters = 4;
const devicesPerWriter = 8;
const againAfterMs = 100;

/** Writers that create, change and delete resources through the API, each its own, one write after the other. */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
  /** Names of devices whose deletion was acknowledged, once for each time. */
  readonly removed: string[] = [];
  readonly refused: string[] = [];
  readonly unanswered: string[] = [];
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  private count = 0;

  /** @param urls of the gateways: each write goes to one of them. Can be changed meanwhile. */
  constructor(
    readonly urls: string[],
    private readonly random: Random,
  ) {}

  /** Creates the first resources, and goes on writing until it is stopped. */
  async start(): Promise<void> {
    for (const name of [...fleetNames, stagedFleet]) await this.writeFleet(name);
    for (const name of repositoryNames) await this.writeRepository(name);
    const names = Array.from({ length: deviceWriters }, (_, writer) =>
      Array.from({ length: devicesPerWriter }, (_, at) => `device-${writer}-${at}`),
    );
    await Promise.all([
      ...names.flat().map((name) => this.writeDevice(name)),
      ...stagedDevices.map((name) => this.writeDevice(name, stagedFleet)),
    ]);
    this.running = Promise.all([
      this.changeFleets(),
      this.changeStaged(),
      ...names.map((own) => this.writeOwn(own)),
    ]);
  }

  /** Resolves when the last write is answered or given up. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** What is acknowledged from now on can be forgotten. */
  mark(): Mark {
    return { written: this.acknowledged.length, removed: this.removed.length };
  }

  /** What was acknowledged between that moment and now cannot be there; answers how much that is. */
  forgetSince({ written, removed }: Mark): number {
    return this.acknowledged.splice(written).length + this.removed.splice(removed).length;
  }

  private get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  private async changeFleets(): Promise<void> {
    while (!this.stopped) {
      await this.pause(800, 1_600);
      await this.writeFleet(this.random.oneOf(fleetNames));
      if (this.random.between(1, 3) === 1) {
        await this.writeRepository(this.random.oneOf(repositoryNames));
      }
    }
  }

  /** Mostly its rollout has time to end; sometimes the next one takes its place. Devices get new labels meanwhile. */
  private async changeStaged(): Promise<void> {
    while (!this.stopped) {
      await this.pause(500, 2_000);
      if (this.random.between(1, 3) === 1) {
        await this.writeDevice(this.random.oneOf(stagedDevices), stagedFleet);
      }
      await this.pause(500, 2_000);
      await this.writeFleet(stagedFleet);
    }
  }

  /** Now and then there is one more, or one goes and is made anew. */
  private async writeOwn(names: readonly string[]): Promise<void> {
    const own = [...names];
    while (!this.stopped) {
      if (this.random.between(1, 20) === 1) own.push(`${own[0]}-${own.length}`);
      if (this.random.between(1, 25) === 1) await this.removeDevice(this.random.oneOf(own));
      await this.writeDevice(
        this.random.between(1, 4) === 1 ? own.at(-1)! : this.random.oneOf(own),
      );
      await this.pause(20, 60);
    }
  }

  private writeFleet(name: string): Promise<void> {
    const write = this.nextWrite();
    return this.write({ kind: 'Fleet', name, write }, `fleets/${name}`, fleet(name, write));
  }

  private writeRepository(name: string): Promise<void> {
    const write = this.nextWrite();
    const said = { kind: 'Repository', name, write } as const;
    return this.write(said, `repositories/${name}`, repository(name, write));
  }

  private writeDevice(
    name: string,
    inFleet: string = this.random.oneOf([...fleetNames, nowhere]),
  ): Promise<void> {
    const write = this.nextWrite();
    const body = device(name, inFleet, write);
    return this.write({ kind: 'Device', name, write }, `devices/${name}`, body);
  }

  private async write(
    said: Omit<Acknowledged, 'version'>,
    path: string,
    body: object,
  ): Promise<void> {
    const answer = await this.untilAnswered(() => put(this.random.oneOf(this.urls), path, body));
    if (answer?.kind === 'saved') this.acknowledged.push({ ...said, version: answer.version });
    if (answer?.kind === 'refused') this.refused.push(answer.reason);
  }

  private async removeDevice(name: string): Promise<void> {
    const path = `devices/${name}`;
    const answer = await this.untilAnswered(() => remove(this.random.oneOf(this.urls), path));
    if (answer?.kind === 'saved') this.removed.push(name);
    // It may be gone already, by a request that nobody answered.
    if (answer?.kind === 'refused' && !/: 404 /.test(answer.reason)) {
      this.refused.push(answer.reason);
    }
  }

  /** Asks for the same again until it is answered: whoever saw no answer does not know whether it was saved. */
  private async untilAnswered(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    do {
      const answer = await ask();
      if (answer.kind !== 'unanswered') return answer;
      this.unanswered.push(answer.reason);
      await this.pause(againAfterMs, againAfterMs);
    } while (!this.stopped);
    return undefined;
  }

  private nextWrite(): number {
    this.count += 1;
    return this.count;
  }

  private async pause(least: number, most: number): Promise<void> {
    const ms = this.random.between(least, most);
    await sleep(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}
