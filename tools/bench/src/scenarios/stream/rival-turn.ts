import { Redis } from 'ioredis';
import pg from 'pg';
import { Child, ownProcess } from '../../child.js';
import { EFFECTS_COLUMNS } from '../../effects.js';
import type { RivalName } from '../../rivals/rivals.js';
import type { Bench } from '../../scenario.js';
import { rateOf, type Rate } from '../../rate.js';
import { BATCH, SIZES, WARM_UP } from './sizes.js';

/** The turns of those that Skein is compared with: each time new processes, from empty queues. */
export class RivalTurns {
  private constructor(
    private readonly bench: Bench,
    private readonly databaseUrl: string,
  ) {}

  static async prepare(bench: Bench): Promise<RivalTurns> {
    const url = await bench.servers.database('rivals');
    await withDatabase(url, (pool) => pool.query(`create table effects (${EFFECTS_COLUMNS})`));
    return new RivalTurns(bench, url);
  }

  /** Add and handle, at the same time. */
  async throughput(name: RivalName): Promise<Rate> {
    await this.empty();
    const producer = await this.child('producer', name);
    const handler = name === 'rawXadd' ? undefined : await this.child('handler', name);
    try {
      await this.pass(producer, handler, { from: 0, count: WARM_UP });
      const processes = {
        ...this.bench.servers.processes,
        producer: producer.pid,
        ...(handler && { handler: handler.pid }),
      };
      const rate = await rateOf(SIZES[name], processes, () =>
        this.pass(producer, handler, { from: WARM_UP, count: SIZES[name] }),
      );
      if (handler) await this.check(WARM_UP + SIZES[name]);
      return rate;
    } finally {
      await producer.stop();
      await handler?.stop();
      await this.empty();
    }
  }

  private async pass(
    producer: Child,
    handler: Child | undefined,
    { from, count }: { from: number; count: number },
  ): Promise<void> {
    const added = producer.call('append', { from, count, batch: BATCH });
    await Promise.all([added, handler?.call('handled', from + count)]);
  }

  private async child(process: 'producer' | 'handler', rival: RivalName): Promise<Child> {
    const child = await Child.start(ownProcess(process), {
      BENCH_RIVAL: rival,
      BENCH_REDIS_URL: this.bench.servers.redisUrl,
      BENCH_DATABASE_URL: this.databaseUrl,
    });
    this.bench.closing.add(() => child.stop());
    return child;
  }

  private async check(expected: number): Promise<void> {
    const sql = 'select count(*)::int as count from effects';
    const { rows } = await withDatabase(this.databaseUrl, (pool) =>
      pool.query<{ count: number }>(sql),
    );
    if (rows[0]?.count !== expected)
      throw new Error(`${expected} jobs had ${rows[0]?.count} effects`);
  }

  private async empty(): Promise<void> {
    const redis = new Redis(this.bench.servers.redisUrl);
    await redis.flushall().finally(() => redis.disconnect());
    await withDatabase(this.databaseUrl, (pool) => pool.query('truncate effects'));
  }
}

async function withDatabase<Result>(
  url: string,
  work: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
