import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNativeRedis, freePort, waitFor } from '@skein/testing';
import { Redis } from 'ioredis';

/** A Sentinel that knows the primary at this port as `skein-primary`. */
export async function startSentinel(primary: number): Promise<AsyncDisposable & { port: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`],
    `sentinel monitor skein-primary 127.0.0.1 ${primary} 1`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(findNativeRedis()!, [file, '--sentinel'], { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  const client = new Redis(port);
  client.on('error', () => undefined);
  await waitFor(() => client.ping());
  client.disconnect();
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', kill);
      kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
