import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { put } from './api.js';
import { device, fleet, fleetNames, nowhere } from './manifests.js';

/** A write that the API answered: it must be in the log, whatever happens. */
export interface Acknowledged {
  readonly kind: 'Device' | 'Fleet';
  readonly name: string;
  /** Of the object, as the answer said. */
  readonly version: number;
  readonly write: number;
}

const deviceWriters = 4;
const devicesPerWriter = 8;
const againAfterMs = 100;

/** Writers that create and change devices and fleets through the API, each its own, one write after the other. */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
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

  /** Creates the first fleets and devices, and goes on writing until it is stopped. */
  async start(): Promise<void> {
    for (const name of fleetNames) await this.writeFleet(name);
    const names = Array.from({ length: deviceWriters }, (_, writer) =>
      Array.from({ length: devicesPerWriter }, (_, at) => `device-${writer}-${at}`),
    );
    await Promise.all(names.flat().map((name) => this.writeDevice(name)));
    this.running = Promise.all([this.changeFleets(), ...names.map((own) => this.writeOwn(own))]);
  }

  /** Resolves when the last write is answered or given up. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  private async changeFleets(): Promise<void> {
    while (!this.stopped) {
      await this.pause(800, 1_600);
      await this.writeFleet(this.random.oneOf(fleetNames));
    }
  }

  /** Now and then there is one more. */
  private async writeOwn(names: readonly string[]): Promise<void> {
    const own = [...names];
    while (!this.stopped) {
      if (this.random.between(1, 20) === 1) own.push(`${own[0]}-${own.length}`);
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

  private writeDevice(name: string): Promise<void> {
    const write = this.nextWrite();
    const body = device(name, this.random.oneOf([...fleetNames, nowhere]), write);
    return this.write({ kind: 'Device', name, write }, `devices/${name}`, body);
  }

  /** Writes the same again until it is answered: whoever saw no answer does not know whether it was saved. */
  private async write(
    said: Omit<Acknowledged, 'version'>,
    path: string,
    body: object,
  ): Promise<void> {
    do {
      const answer = await put(this.random.oneOf(this.urls), path, body);
      if (answer.kind === 'saved') {
        this.acknowledged.push({ ...said, version: answer.version });
        return;
      }
      this[answer.kind].push(answer.reason);
      if (answer.kind === 'refused') return;
      await this.pause(againAfterMs, againAfterMs);
    } while (!this.stopped);
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
