import { Redis } from 'ioredis';
import { Client } from 'pg';

/** Bytes as they are, so that a text in them is found. */
function readable(_key: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: number[] };
  return type === 'Buffer' ? Buffer.from(data ?? []).toString('latin1') : value;
}

/** Every row of every table, also of those that hold bytes. @param url of a role that may read all */
export async function dumpOfDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query(`select * from ${name}`);
      texts.push(JSON.stringify(rows, readable));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

/** All that is sent to a Redis server: what streams held for a moment is in no dump. */
export class RedisMonitor implements Disposable {
  readonly commands: string[] = [];

  private constructor(
    private readonly redis: Redis,
    private readonly monitor: Redis,
  ) {
    monitor.on('monitor', (_time: string, command: string[]) => {
      this.commands.push(command.join(' '));
    });
  }

  static async start(url: string): Promise<RedisMonitor> {
    const redis = new Redis(url);
    return new RedisMonitor(redis, await redis.monitor());
  }

  [Symbol.dispose](): void {
    this.monitor.disconnect();
    this.redis.disconnect();
  }
}

/** Every key with its value. */
export async function dumpOfRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const texts: string[] = [];
    for (const key of await redis.keys('*')) {
      texts.push(key, await valueOf(redis, key));
    }
    return texts.join('\n');
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'string') return (await redis.getBuffer(key))?.toString('latin1') ?? '';
  if (type === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
  if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
  return `${type} ${(await redis.dumpBuffer(key))?.toString('latin1')}`;
}
