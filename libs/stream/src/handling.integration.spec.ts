import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decode } from '@skein/events';
import { appendEntries, testRedis, waitFor, type TestRedis } from '@skein/testing';
import {
  Consumer,
  Deadlock,
  textOf,
  TransportScene,
  type Running,
} from '../test/transport-scene.js';

let place: TestRedis;
let scene: TransportScene;

const entries = (...numbers: number[]) =>
  numbers.map((sequence) => ({ sequence, text: textOf(sequence) }));
const append = (...numbers: number[]) =>
  appendEntries(scene.redis, scene.stream, entries(...numbers));
/** The next batch is read as a whole: the entries are there before the service starts. */
const startOn = async (...numbers: number[]): Promise<Running> => {
  await append(...numbers);
  return scene.start('one');
};
const acknowledged = () => waitFor(() => scene.isDone(), { message: 'all is acknowledged' });
const effects = ({ unit }: Running, ...numbers: number[]) =>
  waitFor(() => numbers.every((number) => unit.effects.includes(number)), {
    message: `effects of ${numbers.join()}`,
  });

beforeAll(async () => {
  place = await testRedis();
  scene = new TransportScene(place.url, place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
});
afterEach(() => scene.reset());

describe('a batch', () => {
  it("reaches the handlers in order, in runs of one type, with the unit's context", async () => {
    const types = ['labels-updated', 'labels-updated', 'deleted', 'labels-updated'] as const;
    const made = types.map((type, at) => ({
      sequence: at + 3,
      text: textOf(at + 3, `skein.device.${type}.v1`),
    }));
    await appendEntries(scene.redis, scene.stream, made);
    const running = await scene.start('one');
    await effects(running, 3, 4, 5, 6);
    expect(Consumer.calls.map(({ type, numbers }) => [type.split('.')[2], ...numbers])).toEqual([
      ['labels-updated', 3, 4],
      ['deleted', 5],
      ['labels-updated', 6],
    ]);
    expect(new Set(Consumer.calls.map(({ context }) => context))).toEqual(new Set([running.unit]));
    await acknowledged();
  });

  it('is acknowledged only after it was handled', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    Consumer.handle = () => promise;
    await startOn(1, 2);
    await waitFor(() => Consumer.calls.length > 0);
    expect(await scene.pending()).toBe(2);
    finish();
    await acknowledged();
  });

  it('that fails hands the unit the very error that the handler threw', async () => {
    class Odd extends Error {}
    const odd = new Odd('odd');
    Consumer.handle = () => {
      throw odd;
    };
    const { unit } = await startOn(1);
    await acknowledged();
    expect(unit.errors[0]).toBe(odd);
    expect(unit.failed).toEqual([[1, 'odd']]);
  });

  it('that fails is halved until the culprit stands alone, and all others take effect, in order', async () => {
    Consumer.handle = (numbers) => {
      if (numbers.includes(5)) throw new Error('poisoned');
    };
    const { unit } = await startOn(1, 2, 3, 4, 5, 6, 7, 8);
    await acknowledged();
    expect(unit.effects).toEqual([1, 2, 3, 4, 6, 7, 8]);
    expect(unit.failed).toEqual([[5, 'poisoned']]);
    expect(unit.tries).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [5, 6],
      [5],
      [6],
      [7, 8],
    ]);
  });

  it('with several culprits puts each of them away', async () => {
    Consumer.handle = (numbers) => {
      const culprit = numbers.find((number) => number % 3 === 0);
      if (culprit) throw new Error(`poisoned ${culprit}`);
    };
    const { unit } = await startOn(1, 2, 3, 4, 5, 6, 7);
    await acknowledged();
    expect(unit.effects).toEqual([1, 2, 4, 5, 7]);
    expect(unit.failed).toEqual([
      [3, 'poisoned 3'],
      [6, 'poisoned 6'],
    ]);
  });
});

describe('a failure that says nothing about the events', () => {
  it('is no attempt: the batch is not acknowledged, and is handled again before anything newer', async () => {
    let failing = true;
    Consumer.handle = () => {
      if (failing) throw new Deadlock('deadlock detected');
    };
    const running = await startOn(1, 2);
    await waitFor(() => running.unit.tries.length >= 2);
    await append(3);
    expect(await scene.pending()).toBe(2);
    failing = false;
    await effects(running, 1, 2, 3);
    await acknowledged();
    expect([running.unit.effects, running.unit.failed]).toEqual([[1, 2, 3], []]);
  });

  it('in the middle of a halved batch repeats the batch, and what took effect takes none again', async () => {
    let deadlocks = 1;
    Consumer.handle = (numbers) => {
      if (numbers.includes(1)) throw new Error('poisoned');
      if (numbers.includes(4) && deadlocks-- > 0) throw new Deadlock('deadlock detected');
    };
    const running = await startOn(1, 2, 3, 4);
    await effects(running, 2, 3, 4);
    await acknowledged();
    expect(running.unit.effects).toEqual([2, 3, 4]);
  });

  it('of putting an event away keeps it unacknowledged', async () => {
    Consumer.handle = () => {
      throw new Error('poisoned');
    };
    const running = await scene.start('one');
    let away = true;
    running.unit.fail = async (sequence, error) => {
      if (away) throw new Deadlock('connection lost');
      running.unit.failed.push([sequence, error.message]);
    };
    await append(1);
    await waitFor(() => running.unit.tries.length >= 2);
    expect(await scene.pending()).toBe(1);
    away = false;
    await acknowledged();
    expect(running.unit.failed).toEqual([[1, 'poisoned']]);
  });
});

describe('an entry that cannot be read', () => {
  it('is put aside with the reason, and the others of its batch are handled', async () => {
    await append(1);
    await appendEntries(scene.redis, scene.stream, [
      { sequence: 2, text: textOf(2).replace('labels-updated.v1', 'labels-updated.v9') },
      { sequence: 3, text: '{"id":' },
      { sequence: 4, text: '' },
    ]);
    await append(5);
    const { unit } = await scene.start('one');
    await acknowledged();
    expect(unit.aside).toEqual([
      [2, 'unknown'],
      [3, 'malformed'],
      [4, 'malformed'],
    ]);
    expect(unit.effects).toEqual([1, 5]);
  });
});

describe('retries that are due', () => {
  it('reach the same handlers, also while nothing new comes', async () => {
    const running = await startOn(1);
    await effects(running, 1);
    running.unit.due.push({ sequence: 7, event: decode(textOf(7)) });
    await effects(running, 7);
    expect(Consumer.calls.at(-1)?.numbers).toEqual([7]);
  });
});
