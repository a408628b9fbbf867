import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { watch } from './watch.js';

/** Longer than any silence that is borne. */
const LONG_MS = 20_000;

class Connection extends EventEmitter {
  status = 'ready';
  answers = true;
  readonly stream = Object.assign(new EventEmitter(), { destroy: jest.fn() });

  ping() {
    if (!this.answers) return new Promise(() => undefined);
    this.stream.emit('data');
    return Promise.resolve('PONG');
  }
}

describe('the watch over a connection', () => {
  let connection: Connection;
  beforeEach(() => {
    jest.useFakeTimers();
    connection = new Connection();
  });
  afterEach(() => {
    connection.emit('end');
    jest.useRealTimers();
  });

  it.each(['from the start', 'since it was there already'])(
    'keeps one that answers: %s',
    async (since) => {
      const late = since === 'since it was there already';
      if (!late) connection.status = 'connecting';
      watch(connection as unknown as Redis);
      connection.status = 'ready';
      if (!late) connection.emit('connect');
      await jest.advanceTimersByTimeAsync(LONG_MS);
      expect(connection.stream.destroy).not.toHaveBeenCalled();
    },
  );

  it('leaves one that answers no more, within 8 s', async () => {
    watch(connection as unknown as Redis);
    await jest.advanceTimersByTimeAsync(LONG_MS);
    connection.answers = false;
    await jest.advanceTimersByTimeAsync(5_500);
    expect(connection.stream.destroy).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_500);
    expect(connection.stream.destroy).toHaveBeenCalled();
  });
});
