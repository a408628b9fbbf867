import type { Cluster, Redis } from 'ioredis';

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
  const connected = () => {
    silent = 0;
    redis.stream.on('data', heard);
  };
  if (redis.status === 'connect' || redis.status === 'ready') connected();
  redis.on('connect', connected);
  redis.on('end', () => clearInterval(timer));
}

interface Subscribing {
  readonly subscriber: { getInstance(): Redis | null };
}

/**
 * Watches the connection that a cluster's client hears channels on. It is none of its nodes', changes
 * now and then, and nothing tells of it. The next one is drawn from the nodes that are known, so what
 * is known is refreshed too.
 */
export function watchSubscriber(cluster: Cluster): void {
  const { subscriber } = cluster as unknown as Subscribing;
  let watched: Redis | null = null;
  const refresh = () => {
    if (cluster.status === 'ready') cluster.refreshSlotsCache();
  };
  const look = () => {
    const current = subscriber.getInstance();
    if (current && current !== watched) {
      watch(current);
      current.once('end', refresh);
    }
    watched = current;
  };
  const timer = setInterval(look, TICK_MS).unref();
  cluster.on('end', () => clearInterval(timer));
}
