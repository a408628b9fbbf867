import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe('npm start -- --no-demo', () => {
  let start: StartProcess;
  beforeEach(async () => {
    start = await StartProcess.start(['--no-demo']);
    await start.line(/Running until Ctrl-C/);
  }, 150_000);
  afterEach(() => start[Symbol.asyncDispose]());

  const find = (part: string) => start.children.find(({ command }) => command.includes(part))?.pid;

  it('starts a service again that dies, and ends with everything on Ctrl-C', async () => {
    const first = find('render-service');
    process.kill(first!, 'SIGKILL');
    await start.line(/render has died \(SIGKILL\)/);
    await waitFor(() => (find('render-service') ?? first) !== first, { message: 'a new one' });
    const pids = start.children.map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThanOrEqual(7);
    start.child.kill('SIGINT');
    expect({ code: await start.ended(), output: start.output }).toMatchObject({ code: 0 });
    await waitFor(() => pids.every(isGone), { message: 'the end of all processes' });
  });

  it('leaves nothing behind when it is killed', async () => {
    const pids = start.children.map(({ pid }) => pid);
    start.child.kill('SIGKILL');
    const options = { timeoutMs: 60_000, message: 'the end of all processes' };
    await waitFor(() => pids.every(isGone), options);
  });
});
