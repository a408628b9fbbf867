import type { Redis } from 'ioredis';

const TICK_MS = 500;
/** Above the longest blocking command (5 s), below the 8 s in which a frozen server is left. */
const SILENT_TICKS = 13;
/** Nothing blocks in a handshake. A frozen server still accepts connections. */
const SILENT_TICKS_AT_FIRST = 6;

/**
 * Leaves a server that gives no answer: one that is frozen keeps its connections open, and the
 * client would wait for ever. Asks all the time, since a subscriber asks nothing. Counts turns of a
 * timer, not the time: when this process itself was held up, that is no silence of the server.
 */
export function watch(redis: Redis): void {
  let silent = 0;
  let asking = false;
  const heard = () => {
    silent = 0;
  };
  const ask = () => {
    if (asking) return;
    asking = true;
    const answered = () => {
      asking = false;
    };
    redis.ping().then(answered, answered);
  };
  const look = () => {
    const { status } = redis;
    if (status !== 'connect' && status !== 'ready') return;
    silent += 1;
    if (silent > (status === 'ready' ? SILENT_TICKS : SILENT_TICKS_AT_FIRST)) {
      silent = 0;
      redis.stream.destroy(new Error('the server gave no answer in time'));
    } else if (status === 'ready') ask();
  };
  const timer = setInterval(look, TICK_MS).unref();
  redis.on('connect', () => {
    silent = 0;
    redis.stream.on('data', heard);
  });
  redis.on('end', () => clearInterval(timer));
}
