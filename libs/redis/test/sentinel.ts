import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RunningServer, Servers, TlsSettings } from './servers.js';

/** Runs while it is used; its connection must not outlive it. */
export async function using<Result>(
  url: string,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

interface Watched {
  readonly server: RunningServer;
  readonly port: number;
}

const linesOf = (settings: readonly string[]) =>
  settings
    .map((setting) => setting.replace(/^--/, ''))
    .join(' ')
    .replaceAll(/ (?=tls-)/g, '\n');

async function startSentinel(servers: Servers, primary: Watched, tls?: TlsSettings) {
  const { findNativeRedis, freePort, waitFor } = servers;
  const folder = await mkdtemp(join(tmpdir(), 'skein-sentinel-'));
  const port = await freePort();
  const encrypted = await tls?.();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    linesOf(encrypted?.settings ?? []),
    `sentinel monitor skein-primary 127.0.0.1 ${primary.port} 1`,
    'sentinel down-after-milliseconds skein-primary 1000',
    'sentinel failover-timeout skein-primary 4000',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(findNativeRedis()!, [file, '--sentinel'], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const stop = async () => {
    process.off('exit', kill);
    kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `redis://127.0.0.1:${port}`;
  await waitFor(() => using(url, (redis) => redis.ping()), { message: 'the Sentinel' });
  return { url, port: encrypted?.port ?? port, stop };
}

/** A primary with a replica, watched by one Sentinel that fails over after a second. */
export async function startWatchedPair(servers: Servers, tls?: TlsSettings) {
  const { startRedis, waitFor } = servers;
  const startOne = async (following: string[] = []): Promise<Watched> => {
    const { port, settings } = (await tls?.()) ?? { port: undefined, settings: [] };
    const server = await startRedis({ kind: 'native', arguments: [...settings, ...following] });
    return { server, port: port ?? server.port };
  };
  const first = await startOne();
  const { server: replica } = await startOne(['--replicaof', `127.0.0.1 ${first.port}`]);
  const primary = first.server;
  await using(replica.url, (redis) =>
    waitFor(async () => (await redis.info('replication')).includes('master_link_status:up')),
  );
  const sentinel = await startSentinel(servers, first, tls);
  const seen = (redis: Redis) => redis.call('SENTINEL', 'REPLICAS', 'skein-primary');
  await using(sentinel.url, (redis) =>
    waitFor(async () => ((await seen(redis)) as unknown[]).length === 1, { timeoutMs: 20_000 }),
  );
  return {
    url: `${tls ? 'rediss' : 'redis'}+sentinel://127.0.0.1:${sentinel.port}/skein-primary`,
    primary,
    replica,
    stop: async () => {
      if (primary.pid) process.kill(primary.pid, 'SIGCONT');
      await sentinel.stop();
      await Promise.all([primary.kill(), replica.kill()]);
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}
