import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@skein/telemetry';
import { waitFor } from '@skein/testing';
import { WorkLoop } from './work-loop.js';

const NEVER_MS = 3_600_000;

function loopOf(work: (call: number) => number | Promise<number>, idleMs = NEVER_MS) {
  const calls: number[] = [];
  const warnings: string[] = [];
  const warn = (_fields: object, message: string) => warnings.push(message);
  const loop = new WorkLoop({
    work: async () => work(calls.push(calls.length)),
    logger: { warn } as unknown as Logger,
    idleMs,
    name: 'the work',
  });
  return { loop, calls, warnings };
}

describe('a work loop', () => {
  it('works until nothing is left, then rests', async () => {
    const { loop, calls } = loopOf((call) => 3 - call);
    loop.start();
    await waitFor(() => calls.length === 3);
    await loop.stop();
    expect(calls).toHaveLength(3);
  });

  it('is woken from its rest', async () => {
    const { loop, calls } = loopOf(() => 0);
    loop.start();
    await waitFor(() => calls.length === 1);
    loop.wake();
    await waitFor(() => calls.length === 2);
    await loop.stop();
  });

  it('does not miss what comes while it works', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<number>();
    const { loop, calls } = loopOf((call) => (call === 1 ? promise : 0));
    loop.start();
    await waitFor(() => calls.length === 1);
    loop.wake();
    finish(0);
    await waitFor(() => calls.length === 2);
    await loop.stop();
  });

  it('looks every now and then when nobody wakes it', async () => {
    const { loop, calls } = loopOf(() => 0, 1);
    loop.start();
    await waitFor(() => calls.length >= 3);
    await loop.stop();
  });

  it('goes on after a failure, and says so', async () => {
    const { loop, calls, warnings } = loopOf((call) => {
      if (call === 1) throw new Error('away');
      return 0;
    }, 1);
    loop.start();
    await waitFor(() => calls.length >= 2);
    await loop.stop();
    expect(warnings).toEqual(['the work failed and is tried again']);
  });

  it('finishes what is in flight before it stops, and begins nothing more', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<number>();
    const { loop, calls } = loopOf(() => promise);
    loop.start();
    await waitFor(() => calls.length === 1);
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    finish(1);
    await stopping;
    expect(calls).toHaveLength(1);
  });

  it('runs once, however often it is started, and can be stopped before it began', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<number>();
    const { loop, calls } = loopOf(() => promise);
    loop.start();
    loop.start();
    await waitFor(() => calls.length === 1);
    finish(0);
    await loop.stop();
    expect(calls).toHaveLength(1);
    await loopOf(() => 0).loop.stop();
  });
});
