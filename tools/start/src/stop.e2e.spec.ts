import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, waitFor } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

/** All have ended within the time; those that have not are shown. */
async function allEnd(children: { pid: number; command: string }[]) {
  const left = () => children.filter(({ pid }) => isAlive(pid));
  const options = { timeoutMs: 60_000, message: 'the end of all processes' };
  await waitFor(() => left().length === 0, options).catch(() => undefined);
  expect(left()).toEqual([]);
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
    const { children } = start;
    expect(children.length).toBeGreaterThanOrEqual(7);
    start.child.kill('SIGINT');
    expect({ code: await start.ended(), output: start.output }).toMatchObject({ code: 0 });
    await allEnd(children);
  });

  it('leaves nothing behind when it is killed', async () => {
    const { children } = start;
    start.child.kill('SIGKILL');
    await allEnd(children);
  });
});
