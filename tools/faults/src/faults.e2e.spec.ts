import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from '@jest/globals';
import { root } from './stage/build.js';

const limitMs = 8 * 60_000;
const running = new AbortController();
afterAll(() => running.abort());

/** What `npm run faults` writes. */
async function faults(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'tools/faults/dist/main.js'), ...args], {
    cwd: tmpdir(),
    // The channel ends it with us.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.signal.addEventListener('abort', () => child.kill());
  return text(child.stdout!);
}

it(
  'npm run faults -- --quick loses nothing, does nothing twice and fails nothing',
  async () => {
    const output = await faults('--quick');
    const last = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect({ last, output }).toMatchObject({
      last: { scenarios: 4, rounds: 4, lost: 0, twice: 0, failed: [] },
    });
    expect(last['acknowledged']).toBeGreaterThan(0);
  },
  limitMs,
);
