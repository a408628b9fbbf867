import { setTimeout as sleep } from 'node:timers/promises';
import { Child, ownProcess } from '../../child.js';
import { now } from '../../clock.js';
import { replayerMain } from '../../engine.js';
import { percentile } from '../../figures.js';
import type { Awaited, Watching } from '../../processes/watcher.process.js';
import type { Bench } from '../../scenario.js';
import { until } from '../../until.js';
import { call } from './call.js';
import { TOKEN, type Doors } from './doors.js';
import { nameOf, PREFIX, SITES } from './loads.js';

export const CLIENTS = 1_000;
const PROCESSES = 2;
export const WRITES_PER_SECOND = 10;
const WRITES = 100;
const WARM_UP = 20;
/** Of the devices, one in so many is in the list. */
const SITE = 7;
const LIST = `/api/v1/devices?labelSelector=site%3Dsite-${SITE}`;
const PATIENCE_MS = 60_000;
const NUMBERED = `select not exists (select from log.events e
  where not exists (select from log.sequence s where s.position = e.position)) as "isDone"`;

/** How long after the answer to a write those who watch were told, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Watchers of one list, in processes of their own, and writes to what is in it. */
export class FanOut {
  private revision = 0;

  constructor(
    private readonly bench: Bench,
    private readonly doors: Doors,
    private readonly devices: number,
  ) {}

  async turn(): Promise<Spread> {
    const replayer = await this.start(replayerMain, {
      SKEIN_DATABASE_URL: this.doors.urlOf('replayer'),
      SKEIN_STREAM_REDIS_URL: this.bench.servers.redisUrl,
    });
    await until(
      async () => {
        const { rows } = await this.doors.pool.query<{ isDone: boolean }>(NUMBERED);
        return rows[0]!.isDone;
      },
      { within: PATIENCE_MS, what: 'numbering what was written before' },
    );
    const watchers = await this.watch();
    try {
      await this.write(watchers, WARM_UP);
      return await this.write(watchers, WRITES);
    } finally {
      for (const child of [...watchers, replayer]) await child.stop();
    }
  }

  private async watch(): Promise<Child[]> {
    const environment = { BENCH_URL: this.doors.skein.url, BENCH_TOKEN: TOKEN };
    const start = () => this.start(ownProcess('watcher'), environment);
    const watchers = await Promise.all(Array.from({ length: PROCESSES }, start));
    const list = await call(this.doors.skein, { path: `${LIST}&limit=1` });
    const { resourceVersion } = (list.body as { metadata: { resourceVersion: string } }).metadata;
    const path = `${LIST}&watch=true&resourceVersion=${resourceVersion}`;
    const watching: Watching = { path, clients: CLIENTS / PROCESSES };
    await Promise.all(watchers.map((watcher) => watcher.call('open', watching)));
    return watchers;
  }

  /** Writes at their times, whether those before were answered or not, and looks when all were told of each. */
  private async write(watchers: readonly Child[], count: number): Promise<Spread> {
    const began = now();
    const answered = await Promise.all(
      Array.from({ length: count }, async (_value, index) => {
        const due = began + (index * 1_000) / WRITES_PER_SECOND;
        await sleep(Math.max(0, due - now()));
        return this.patch();
      }),
    );
    const awaited: Awaited = {
      revisions: answered.map(({ revision }) => revision),
      withinMs: PATIENCE_MS,
    };
    const told = await Promise.all(
      watchers.map((watcher) => watcher.call<number[][]>('received', awaited)),
    );
    const delays = told.flatMap((times) =>
      times.flatMap((at, index) => at.map((one) => one - answered[index]!.at)),
    );
    return { p50: percentile(delays, 50), p99: percentile(delays, 99) };
  }

  private async patch(): Promise<{ revision: string; at: number }> {
    this.revision += 1;
    const inList = SITES * (this.revision % Math.floor(this.devices / SITES)) + SITE;
    const revision = `w-${this.revision}`;
    const { status } = await call(this.doors.skein, {
      ...{ method: 'PATCH', path: `/api/v1/devices/${nameOf(PREFIX, inList)}` },
      type: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/metadata/labels/revision', value: revision }],
    });
    const at = now();
    if (status !== 200) throw new Error(`a label was not patched: ${status}`);
    return { revision, at };
  }

  private async start(file: string, environment: NodeJS.ProcessEnv): Promise<Child> {
    const child = await Child.start(file, environment);
    this.bench.closing.add(() => child.stop());
    return child;
  }
}
