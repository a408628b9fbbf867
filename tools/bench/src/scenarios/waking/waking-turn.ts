import pg from 'pg';
import { Child, ownProcess } from '../../child.js';
import { prepareDatabase } from '../../engine.js';
import { percentile, perSecond } from '../../figures.js';
import type { Committed, Load, Pace } from '../../processes/committer.process.js';
import type { Bench } from '../../scenario.js';
import { delaysOf } from './delays.js';

export const PROCESSES = 2;
export const CONNECTIONS_EACH = 4;
export const LOAD_MS = 1_000;
const WARM_UP_MS = 200;
const PACE = { count: 100, everyMs: 8 };
const CHANNEL = 'bench_wake';

export type Way = 'nothing' | 'notify' | 'publish';

export interface Cost {
  readonly commitsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the acknowledgement of a commit until the listener hears of it; undefined if it never does. */
  readonly wakeMs: number | undefined;
}

/** The cheapest way to notify in the transaction: by a trigger, without a statement of its own. */
const NOTIFY = `
create function log.bench_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('${CHANNEL}', '');
  return null;
end $$;
create trigger bench_notify after insert on log.events
  for each statement execute function log.bench_notify()`;

/** Committers under load, in turn with each way to wake the replayer. */
export class WakingTurns {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly committers: readonly Child[],
    private readonly listener: Child,
  ) {}

  static async prepare({ servers, closing }: Bench): Promise<WakingTurns> {
    const url = await servers.database('waking');
    const { urlOf } = await prepareDatabase(url);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    pool.on('error', () => undefined);
    closing.add(() => pool.end());
    await pool.query(NOTIFY);
    const start = async (name: string, more: NodeJS.ProcessEnv) => {
      const child = await Child.start(ownProcess(name), {
        SKEIN_DATABASE_URL: urlOf('gateway'),
        SKEIN_STREAM_REDIS_URL: servers.redisUrl,
        ...more,
      });
      closing.add(() => child.stop());
      return child;
    };
    const committer = (_value: unknown, index: number) =>
      start('committer', {
        BENCH_CONNECTIONS: String(CONNECTIONS_EACH),
        BENCH_FIRST: String(index * 10_000),
      });
    const committers = await Promise.all(Array.from({ length: PROCESSES }, committer));
    return new WakingTurns(pool, committers, await start('listener', { BENCH_CHANNEL: CHANNEL }));
  }

  async measure(way: Way): Promise<Cost> {
    const verb = way === 'notify' ? 'enable' : 'disable';
    await this.pool.query(`alter table log.events ${verb} trigger bench_notify`);
    const wakes = way === 'publish';
    await this.load({ wakes, milliseconds: WARM_UP_MS });
    const took = await this.load({ wakes, milliseconds: LOAD_MS });
    const delays = await this.delays(wakes);
    return {
      commitsPerSecond: perSecond(took.length, LOAD_MS),
      p50Ms: percentile(took, 50),
      p99Ms: percentile(took, 99),
      wakeMs: delays.length > 0 ? percentile(delays, 50) : undefined,
    };
  }

  private async load(load: Load): Promise<number[]> {
    const answers = this.committers.map((committer) => committer.call<number[]>('load', load));
    return (await Promise.all(answers)).flat();
  }

  private async delays(wakes: boolean): Promise<number[]> {
    await this.listener.call('take');
    const pace: Pace = { wakes, ...PACE };
    const commits = await this.committers[0]!.call<Committed[]>('pace', pace);
    return delaysOf(commits, await this.listener.call<number[]>('take'));
  }
}
