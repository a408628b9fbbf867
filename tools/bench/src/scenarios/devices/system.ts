import { createHash, randomBytes } from 'node:crypto';
import { gatewayNodeOptions } from '@skein/config';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migrate } from '@skein/migrate';
import { freePort } from '@skein/testing';
import pg from 'pg';
import { Child, ownProcess } from '../../child.js';
import { replayerMain } from '../../engine.js';
import type { Bench } from '../../scenario.js';
import { Renderings } from './renderings.js';

const gatewayMain = new URL('../../../../../apps/api-gateway/dist/main.js', import.meta.url)
  .pathname;
/** Longer than the bench takes: nobody is answered for nothing. */
const LONG_POLL_MS = 600_000;
/** The agents, over some processes. */
const AGENT_PROCESSES = 2;
const MOST_WARNINGS = 10;
const SEED = randomBytes(16).toString('hex');

/** Nobody but devices gets in; the bench needs nobody else. */
const access = {
  organizations: [{ id: org, displayName: 'Default' }],
  tokens: [
    {
      name: 'nobody',
      sha256: createHash('sha256').update(randomBytes(32)).digest('hex'),
      roles: [{ role: 'viewer', organization: org }],
    },
  ],
};

/** Two gateways, of which devices wait at the first, and what they need. */
export interface DeviceSystem {
  /** With all rights. */
  readonly pool: pg.Pool;
  readonly seed: string;
  readonly gateway: Child;
  readonly agents: readonly Child[];
  readonly renderings: Renderings;
}

/** Says what people should read in a service's log, as long as it is not too much. */
function warnings(say: Bench['say']): (line: string) => void {
  let said = 0;
  return (line) => {
    if (!/"level":"(warn|error)"/.test(line) || said === MOST_WARNINGS) return;
    said += 1;
    say(line);
  };
}

export async function openSystem({ servers, closing, say }: Bench): Promise<DeviceSystem> {
  const url = await servers.database('devices');
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  closing.add(() => pool.end());
  const { urlOf } = await migrate({ url });
  const start = async (file: string, environment: NodeJS.ProcessEnv) => {
    const child = await Child.start(file, environment, warnings(say));
    closing.add(() => child.stop());
    return child;
  };
  const shared = { SKEIN_STREAM_REDIS_URL: servers.redisUrl };
  const settings = {
    ...shared,
    NODE_OPTIONS: gatewayNodeOptions.join(' '),
    SKEIN_DATABASE_URL: urlOf('gateway'),
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_GRPC_PORT: '0',
    SKEIN_AUTHENTICATION: 'tokens',
    SKEIN_ACCESS: JSON.stringify(access),
    SKEIN_LONG_POLL_MS: String(LONG_POLL_MS),
    // What a device may take is not what is measured.
    SKEIN_RATE_OF_DEVICES: '0',
  };
  await start(replayerMain, { ...shared, SKEIN_DATABASE_URL: urlOf('replayer') });
  const port = String(await freePort());
  const gateway = await start(gatewayMain, { ...settings, SKEIN_GATEWAY_PORT: port });
  await start(gatewayMain, { ...settings, SKEIN_GATEWAY_PORT: '0' });
  const agent = { BENCH_PORT: port, BENCH_ORG: org, BENCH_SEED: SEED };
  const agents = await Promise.all(
    Array.from({ length: AGENT_PROCESSES }, () => start(ownProcess('agent'), agent)),
  );
  const renderings = await Renderings.open(urlOf('render'), servers.redisUrl);
  closing.add(() => renderings.close());
  return { pool, seed: SEED, gateway, agents, renderings };
}
