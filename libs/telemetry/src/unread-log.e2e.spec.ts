import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';

/** Logs when its input ends, after the reader of its output has gone, and ends itself then. */
const program = `
import { openLogger } from '@skein/telemetry';
const logger = openLogger('test');
logger.info({}, 'first');
process.stdin.resume().once('end', () => {
  for (let line = 0; line < 100; line += 1) logger.info({ line }, 'nobody reads this');
  process.exit(7);
});`;

describe('a service whose log nobody reads any more', () => {
  it('goes on, and ends when it is to', async () => {
    const arguments_ = ['--input-type=module', '--eval', program];
    const child = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const [first] = (await once(child.stdout, 'data')) as [Buffer];
      expect(JSON.parse(first.toString())).toMatchObject({ service: 'test', msg: 'first' });
      child.stdout.destroy();
      await once(child.stdout, 'close');
      child.stdin.end();
      const signal = AbortSignal.timeout(10_000);
      expect(await once(child, 'exit', { signal })).toEqual([7, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
