import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { now } from '../../clock.js';
import { percentile, perSecond } from '../../figures.js';
import { residentMegabytes } from '../../memory.js';
import type { Reporting, Told, Waiting } from '../../processes/agent.process.js';
import { until } from '../../until.js';
import { STATUS } from './fleet.js';
import type { DeviceSystem } from './system.js';

/** All that is said of devices that wait. */
export interface Waited {
  readonly waiting: number;
  /** Of the gateway, before anybody waits and with all waiting. */
  readonly rssBeforeMb: number;
  readonly rssMb: number;
  /** Transactions of the whole system while nothing happens, without anybody waiting and with all. */
  readonly idleBeforePerSecond: number;
  readonly idlePerSecond: number;
  /** 20 are woken a second. */
  readonly wakeP50Ms: number;
  readonly wakeP99Ms: number;
  /** 100 are, which is most of what two cores can do. */
  readonly denseWakeP99Ms: number;
  /** All of them have something new at once. */
  readonly herdSeconds: number;
  readonly rssAfterHerdMb: number;
  /** How often an agent was told to try again. */
  readonly busy: number;
  readonly heartbeatsPerSecond: number;
  readonly transactionsPerHeartbeat: number;
}

const SETTLE_MS = 10_000;
/** Longer than the slowest of what looks by itself every now and then. */
const IDLE_MS = 40_000;
const WARM_UP = { count: 200, everyMs: 10 };
const CALM = { count: 500, everyMs: 50 };
const DENSE = { count: 1_000, everyMs: 10 };
const MEMBERS = 1_000;
const REPORTERS = 250;
const REPORT_MS = 10_000;
const PATIENCE_MS = 300_000;

const TRANSACTIONS = `
select (xact_commit + xact_rollback)::int as count from pg_stat_database where datname = current_database()`;

/** Devices wait, are woken one by one and all at once, and report. */
export class DevicesTurn {
  constructor(
    private readonly system: DeviceSystem,
    private readonly uids: readonly string[],
    private readonly say: (line: string) => void,
  ) {}

  async take(): Promise<Waited> {
    await sleep(SETTLE_MS);
    const [rssBeforeMb, idleBeforePerSecond] = [this.resident(), await this.idle()];
    await this.open();
    await sleep(SETTLE_MS);
    const rssMb = this.resident();
    this.say(`${this.uids.length} wait: ${rssMb.toFixed(0)} MB, before ${rssBeforeMb.toFixed(0)}`);
    const idlePerSecond = await this.idle();
    await this.wakeSome(WARM_UP);
    const delays = await this.wakeSome(CALM);
    const [wakeP50Ms, wakeP99Ms] = [percentile(delays, 50), percentile(delays, 99)];
    this.say(`woken one by one: p50 ${wakeP50Ms.toFixed(1)} ms, p99 ${wakeP99Ms.toFixed(1)} ms`);
    const denseWakeP99Ms = percentile(await this.wakeSome(DENSE), 99);
    const herdSeconds = await this.wakeAll();
    return {
      ...{ waiting: this.uids.length, rssBeforeMb, rssMb, idleBeforePerSecond, idlePerSecond },
      ...{ wakeP50Ms, wakeP99Ms, denseWakeP99Ms, herdSeconds },
      rssAfterHerdMb: this.resident(),
      busy: await this.refused(),
      ...(await this.report()),
    };
  }

  private resident(): number {
    return residentMegabytes(this.system.gateway.pid) ?? Number.NaN;
  }

  private async refused(): Promise<number> {
    const counts = this.system.agents.map((agent) => agent.call<number>('refused'));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  private async open(): Promise<void> {
    const { agents } = this.system;
    const each = Math.ceil(this.uids.length / agents.length);
    const parts = agents.map((agent, index): Promise<void> => {
      const from = index * each;
      const part: Waiting = { from, count: Math.min(each, this.uids.length - from) };
      return agent.call('wait', part);
    });
    await Promise.all(parts);
  }

  /** Transactions a second. */
  private async idle(): Promise<number> {
    const before = await transactions(this.system.pool);
    const began = now();
    await sleep(IDLE_MS);
    return perSecond((await transactions(this.system.pool)) - before, now() - began);
  }

  /** One device after the other has a new document; how long after the commit each had it. */
  private async wakeSome({ count, everyMs }: typeof CALM): Promise<number[]> {
    const rendered = new Map<string, number>();
    const began = now();
    for (let index = 0; index < count; index += 1) {
      await sleep(Math.max(0, began + index * everyMs - now()));
      const device = index % this.uids.length;
      const { version, at } = await this.system.renderings.render([this.uids[device]!]);
      rendered.set(`${device}/${version}`, at);
    }
    const told = await this.told(count);
    return told.map(([device, version, at]) => at - rendered.get(`${device}/${version}`)!);
  }

  /** From the last commit until the last device has its document, in seconds. */
  private async wakeAll(): Promise<number> {
    let last = 0;
    for (let from = 0; from < this.uids.length; from += MEMBERS) {
      last = (await this.system.renderings.render(this.uids.slice(from, from + MEMBERS))).at;
    }
    const told = await this.told(this.uids.length);
    return (Math.max(...told.map(([, , at]) => at)) - last) / 1_000;
  }

  /** So many documents, each told once. */
  private async told(count: number): Promise<Told[]> {
    const told: Told[] = [];
    const done = async () => {
      for (const agent of this.system.agents) told.push(...(await agent.call<Told[]>('take')));
      return told.length >= count;
    };
    const seen = () => told.length;
    await until(done, { within: PATIENCE_MS, what: `${count} documents`, seen });
    if (told.length > count) throw new Error(`${told.length} documents instead of ${count}`);
    return told;
  }

  /** With all the others waiting. */
  private async report() {
    const { agents, pool } = this.system;
    const reporting: Reporting = {
      ...{ from: 0, count: Math.min(REPORTERS, this.uids.length) },
      ...{ milliseconds: REPORT_MS, status: STATUS },
    };
    await agents[0]!.call('report', { ...reporting, milliseconds: REPORT_MS / 5 });
    const before = await transactions(pool);
    const began = now();
    const count = await agents[0]!.call<number>('report', reporting);
    const heartbeatsPerSecond = perSecond(count, now() - began);
    // Backends say what they did when they are idle for a second.
    await sleep(2_000);
    const transactionsPerHeartbeat = ((await transactions(pool)) - before) / count;
    return { heartbeatsPerSecond, transactionsPerHeartbeat };
  }
}

async function transactions(pool: pg.Pool): Promise<number> {
  return (await pool.query<{ count: number }>(TRANSACTIONS)).rows[0]!.count;
}
