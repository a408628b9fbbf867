import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { startService } from '@skein/service';
import { openTransaction, startRedis, waitFor, type RedisServer } from '@skein/testing';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { AppModule } from '../app.module.js';
import type { NumberingFigures } from './numbering-figures.js';
import type { StreamFigures } from './stream-figures.js';

const given = { ...process.env };
let database: MigratedDatabase;
let server: RedisServer;
let redis: Redis;
let log: LogScene;
let app: NestFastifyApplication;

const start = () => startService({ module: AppModule, hears: false });

async function selectorFigures(): Promise<StreamFigures | undefined> {
  const [row] = await log.gateway.postgres.query<{ figures: StreamFigures }>(
    `select figures from log.stream_figures where service = 'selector'`,
  );
  return row?.figures;
}

async function numberingFigures(): Promise<NumberingFigures | undefined> {
  const [row] = await log.gateway.postgres.query<{ figures: NumberingFigures }>(
    'select figures from log.numbering_figures',
  );
  return row?.figures;
}

/** Resolves with the figures once they say so. */
function until(expected: Partial<StreamFigures>): Promise<StreamFigures> {
  return waitFor(
    async () => {
      const figures = await selectorFigures();
      const wrong = Object.entries(expected).filter(
        ([name, value]) => figures?.[name as keyof StreamFigures] !== value,
      );
      if (wrong.length > 0) throw new Error(JSON.stringify(figures));
      return figures;
    },
    { message: JSON.stringify(expected) },
  );
}

async function metrics(): Promise<string> {
  return (await fetch(`${await app.getUrl()}/metrics`)).text();
}

beforeAll(async () => {
  [database, server] = await Promise.all([migratedDatabase(['selector']), startRedis()]);
  redis = new Redis(server.url);
  log = await LogScene.open(database, openTransaction);
  await log.admin.query('select log.register_hearing($1, $2)', ['selector', [deviceDeleted.type]]);
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: database.urlOf('replayer'),
    SKEIN_STREAM_REDIS_URL: server.url,
    SKEIN_LOG_LEVEL: 'silent',
    SKEIN_LEASE_MS: '500',
  });
  app = await start();
});
afterAll(async () => {
  await app?.close();
  process.env = { ...given };
  redis?.disconnect();
  await log?.close();
  await server?.stop();
  await database?.close();
});

describe('the figures', () => {
  it('are written down about once a second', async () => {
    await log.commit(...log.events(3));
    await until({ lag: 3, published: 3, restored: 0, publishedTo: 3, windowEntries: 3 });
  });

  it('tell what is restored from what is published', async () => {
    await redis.flushall();
    await log.commit(log.event());
    await until({ published: 4, restored: 3, publishedTo: 4 });
  });

  it('go on after the replayer was started again', async () => {
    await app.close();
    app = await start();
    await log.commit(log.event());
    await until({ published: 5, restored: 3, publishedTo: 5 });
  });

  it('are gauges with the group', async () => {
    // PostgreSQL and Redis are asked one after the other: what is published meanwhile, one of them has not.
    await until({ lag: 5, windowEntries: 5 });
    const text = await waitFor(async () => {
      const found = await metrics();
      return /^skein_stream_window_fill\{.*group="selector".*\} 0\.0005$/m.test(found) && found;
    });
    expect(text).toMatch(/^skein_stream_lag\{.*group="selector".*\} 5$/m);
    expect(text).toMatch(/^skein_stream_published\{.*group="selector".*\} 5$/m);
    expect(text).toMatch(/^skein_stream_restored\{.*group="selector".*\} 3$/m);
    expect(text).toMatch(/^skein_stream_smallest_checkpoint.* 0$/m);
    expect(text).toMatch(/^skein_numbering_delay_seconds.* 0$/m);
    expect(text).not.toMatch(/skein_stream_lag.*group="render"/);
  });

  it('have the server that the streams are on', async () => {
    const text = await waitFor(async () => {
      const found = await metrics();
      return /^skein_kv_queue_depth\{.*server="streams".*\} 5$/m.test(found) && found;
    });
    for (const kind of ['streams', 'cache', 'other']) {
      expect(text).toMatch(new RegExp(`^skein_kv_bytes\\{.*kind="${kind}".*\\} \\d+$`, 'm'));
    }
    expect(text).toMatch(/^skein_kv_advice\{.*code="shared-server",severity="unwise".*\} 1$/m);
    expect(text).toMatch(/^skein_kv_persistence_ok\{.*\} 1$/m);
  });

  it('name who holds up the numbering', async () => {
    const held = await log.inFlight();
    const [own] = await held.query<{ pid: number }>(
      `select pg_backend_pid() as pid, set_config('application_name', 'a slow import', false)`,
    );
    await log.commit(log.event());
    const figures = await waitFor(async () => {
      const found = await numberingFigures();
      return found && found.holes === 1 && found.delaySeconds > 0 && found;
    });
    expect(figures.heldUpBy).toEqual([
      expect.objectContaining({
        pid: own!.pid,
        application: 'a slow import',
        state: 'idle in transaction',
      }),
    ]);
    expect(figures.heldUpBy[0]!.ageSeconds).toBeGreaterThan(0);
    expect(await metrics()).toMatch(
      /skein_numbering_holder_seconds\{.*application="a slow import"/,
    );
    await held.commit();
    await waitFor(async () => {
      const found = await numberingFigures();
      return found?.holes === 0 && found.delaySeconds === 0 && found.heldUpBy.length === 0;
    });
  });

  it('are exported by nobody who does not lead', async () => {
    await log.admin.query(
      `update log.leases set holder = 'somebody else', expires_at = now() + interval '1 hour'`,
    );
    await waitFor(async () => !(await metrics()).includes('skein_stream_lag{'));
    await log.admin.query('update log.leases set expires_at = now()');
    await waitFor(async () => (await metrics()).includes('skein_stream_lag{'));
  });
});
