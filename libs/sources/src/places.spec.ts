import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

const never = new AbortController().signal;
const errand = (key: string, repository = 'one', visit: object = {}) => ({
  repository,
  key,
  visit,
});
const forever = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const answer = async () => 'done';
const busy = expect.objectContaining({ code: 'busy', retryable: true });
const outcome = (work: Promise<unknown>) => work.catch((error: unknown) => error);

/** Two that never end at the repository. */
function occupied() {
  const places = new Places(2);
  const controller = new AbortController();
  const held = ['a', 'b'].map((key) =>
    outcome(places.take(errand(key), controller.signal, forever)),
  );
  const end = () => {
    controller.abort(new Error('ended'));
    return Promise.all(held);
  };
  return { places, end };
}

describe('places', () => {
  it('let a few in; the next waits for at most a second, in vain or not', async () => {
    const { places, end } = occupied();
    const started = performance.now();
    expect(await outcome(places.take(errand('c'), never, answer))).toEqual(busy);
    expect(performance.now() - started).toBeLessThan(2_000);
    const waiting = places.take(errand('d'), never, answer);
    await end();
    expect(await waiting).toBe('done');
  });

  it('are counted per repository', async () => {
    const { places, end } = occupied();
    expect(await places.take(errand('a', 'two'), never, answer)).toBe('done');
    await end();
  });

  it('are given in the order of asking, and then as long as it takes', async () => {
    const { places, end } = occupied();
    const order: string[] = [];
    const slow = (name: string) => async () => {
      order.push(name);
      await sleep(1_200);
      return name;
    };
    const all = ['c', 'd', 'e'].map((key) => outcome(places.take(errand(key), never, slow(key))));
    await end();
    expect(await Promise.all(all)).toEqual(['c', 'd', busy]);
    expect(order).toEqual(['c', 'd']);
  });

  it('are not needed for what somebody fetches already, but patience is', async () => {
    const { places, end } = occupied();
    expect(await places.take(errand('a'), never, answer)).toBe('done');
    expect(await outcome(places.take(errand('a'), never, forever))).toEqual(busy);
    await end();
  });

  it('are one for all that one visit fetches', async () => {
    const places = new Places(1);
    const visit = {};
    const keys = ['a', 'b', 'c'];
    const slow = async () => sleep(1_200, 'done');
    const all = keys.map((key) => places.take(errand(key, 'one', visit), never, slow));
    expect(await outcome(places.take(errand('d'), never, answer))).toEqual(busy);
    expect(await Promise.all(all)).toEqual(['done', 'done', 'done']);
    expect(await places.take(errand('d'), never, answer)).toBe('done');
  });

  it('have a short line: who finds it full is sent away at once', async () => {
    const { places, end } = occupied();
    const controller = new AbortController();
    const line = Array.from({ length: 6 }, (_, index) =>
      outcome(places.take(errand(`w${index}`), controller.signal, answer)),
    );
    const started = performance.now();
    expect(await outcome(places.take(errand('x'), never, answer))).toEqual(busy);
    expect(performance.now() - started).toBeLessThan(500);
    const gone = new Error('gone');
    controller.abort(gone);
    expect(new Set(await Promise.all(line))).toEqual(new Set([gone]));
    await end();
    expect(await places.take(errand('x'), never, answer)).toBe('done');
  });
});
