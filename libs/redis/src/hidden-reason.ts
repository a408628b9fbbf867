import { Cluster, type Redis } from 'ioredis';

interface Asking {
  readonly connector?: { connectToSentinel?: (...options: unknown[]) => Redis };
}

/**
 * ioredis asks Sentinels, and a cluster for its slots, over connections of its own, whose errors it
 * swallows: all that is left of a refused certificate is that a connection was closed. This tells
 * why the last of them failed.
 */
export function hiddenReason(redis: Redis | Cluster): () => string | undefined {
  let reason: string | undefined;
  const heard =
    <Options extends unknown[]>(connect: (...options: Options) => Redis) =>
    (...options: Options): Redis => {
      const connection = connect(...options);
      reason = undefined;
      connection.on('error', ({ message, code }: NodeJS.ErrnoException) => {
        reason = message || code;
      });
      return connection;
    };
  if (redis instanceof Cluster) {
    redis.on('+node', (node: Redis) => {
      node.duplicate = heard(node.duplicate.bind(node));
    });
    return () => reason;
  }
  const { connector } = redis as unknown as Asking;
  if (connector?.connectToSentinel) {
    connector.connectToSentinel = heard(connector.connectToSentinel.bind(connector));
  }
  return () => reason;
}
