import { createHash, randomBytes } from 'node:crypto';
import { nodeOptions } from '@skein/config';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { migrate, type Migrated } from '@skein/migrate';
import { freePort } from '@skein/testing';
import pg from 'pg';
import { Child, ownProcess } from '../../child.js';
import type { Bench } from '../../scenario.js';

/** Connections of the load, each with one request at a time. */
export const CONCURRENCY = 16;

const gatewayMain = new URL('../../../../../apps/api-gateway/dist/main.js', import.meta.url)
  .pathname;

/** Its holder may do everything in the only organisation that there is. */
export const TOKEN = randomBytes(32).toString('hex');
const tokens = {
  organizations: [{ id: DEFAULT_ORGANISATION, displayName: 'Default' }],
  tokens: [
    {
      name: 'bench',
      sha256: createHash('sha256').update(TOKEN).digest('hex'),
      roles: [{ role: 'admin', organization: DEFAULT_ORGANISATION }],
    },
  ],
};

export type DoorName = 'skein' | 'bare';

/** A server, and who asks it. */
export interface Door {
  readonly name: DoorName;
  readonly url: string;
  readonly server: Child;
  readonly requester: Child;
}

/** The gateway and the bare server, over the same database. */
export interface Doors {
  readonly skein: Door;
  readonly bare: Door;
  /** With all rights. */
  readonly pool: pg.Pool;
  readonly urlOf: Migrated['urlOf'];
}

async function door(bench: Bench, migrated: Migrated, name: DoorName): Promise<Door> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const files = { skein: gatewayMain, bare: ownProcess('bare-door') };
  const server = await Child.start(files[name], {
    NODE_OPTIONS: nodeOptions.join(' '),
    SKEIN_DATABASE_URL: migrated.urlOf('gateway'),
    SKEIN_STREAM_REDIS_URL: bench.servers.redisUrl,
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_GRPC_PORT: '0',
    SKEIN_AUTHENTICATION: 'tokens',
    // Counted as always, and never reached.
    SKEIN_RATE_OF_USERS: '1000000',
    SKEIN_CACHE_REDIS_URL: bench.servers.redisUrl,
    SKEIN_ACCESS: JSON.stringify(tokens),
    ...{ SKEIN_GATEWAY_PORT: String(port), BENCH_PORT: String(port) },
  });
  bench.closing.add(() => server.stop());
  const load = { BENCH_URL: url, BENCH_TOKEN: TOKEN, BENCH_CONCURRENCY: String(CONCURRENCY) };
  const requester = await Child.start(ownProcess('requester'), load);
  bench.closing.add(() => requester.stop());
  return { name, url, server, requester };
}

export async function openDoors(bench: Bench): Promise<Doors> {
  const url = await bench.servers.database('api');
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  bench.closing.add(() => pool.end());
  const migrated = await migrate({ url });
  const [skein, bare] = await Promise.all([
    door(bench, migrated, 'skein'),
    door(bench, migrated, 'bare'),
  ]);
  return { skein, bare, pool, urlOf: (room) => migrated.urlOf(room) };
}
