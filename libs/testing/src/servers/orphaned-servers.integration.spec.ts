import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';
import { isAlive } from './is-alive.js';
import { findNativeRedis } from './native-redis.js';

interface Started {
  pids: number[];
  directories: string[];
}

/** Lets plain Node run this room's TypeScript, which names its files as they are after the build. */
const hooks = `
import { registerHooks } from 'node:module';
registerHooks({ resolve(specifier, context, next) {
  try { return next(specifier, context); }
  catch { return next(specifier.replace(/\\.js$/, '.ts'), context); }
} });`;

const room = new URL('../index.ts', import.meta.url).href;

/** A process that starts servers, tells where they are, and then does nothing for ever. */
function parent(directory: string, kind: string): ChildProcess {
  const script = `
    const { startPostgres, startRedis } = await import('${room}');
    const kept = await startPostgres({ directory: '${directory}' });
    const temporary = await startPostgres();
    const redis = await startRedis({ kind: '${kind}' });
    const pids = [kept.pid, temporary.pid, redis.pid];
    console.log(JSON.stringify({ pids, directories: [kept.directory, temporary.directory] }));
    setInterval(() => undefined, 1000);`;
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
  const loader = `data:text/javascript,${encodeURIComponent(hooks)}`;
  return spawn(
    process.execPath,
    [...flags, '--import', loader, '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}

async function started(child: ChildProcess): Promise<Started> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return waitFor(() => text.includes('\n') && (JSON.parse(text) as Started), {
    timeoutMs: 40_000,
    message: 'the servers of the parent',
  });
}

const kinds = findNativeRedis() ? ['native', 'embedded'] : ['embedded'];

describe('servers whose parent is killed', () => {
  it.each(kinds)('end too, with %s Redis, and leave no temporary files', async (kind) => {
    const directory = await mkdtemp(join(tmpdir(), 'skein-test-'));
    const child = parent(directory, kind);
    const { pids, directories } = await started(child);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    child.kill('SIGKILL');
    await waitFor(() => !pids.some(isAlive), {
      timeoutMs: 20_000,
      message: 'the end of the servers',
    });
    const [kept = '', temporary = ''] = directories;
    await waitFor(() => !existsSync(temporary), { message: 'the end of the temporary data' });
    expect(existsSync(join(kept, 'data/PG_VERSION'))).toBe(true);
    // A clean end: the data need no recovery at the next start.
    expect(existsSync(join(kept, 'data/postmaster.pid'))).toBe(false);
    await rm(directory, { recursive: true });
  });
});
