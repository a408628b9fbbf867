import { Cluster, type ClusterOptions } from 'ioredis';
import type { Address } from './redis-url.js';

type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/**
 * As PatientRedis: ioredis leaves commands without an answer for ever when a cluster is left while it
 * has no nodes, and once it was left: each node that goes says that none is left any more, which
 * makes an ended client one that is about to end.
 */
export class PatientCluster extends Cluster {
  private ended = false;

  constructor(
    addresses: readonly Address[],
    options: Omit<ClusterOptions, 'redisOptions'> & { redisOptions: NodeOptions },
  ) {
    super([...addresses], options);
    this.once('end', () => {
      this.ended = true;
    });
  }

  override disconnect(reconnect = false): void {
    if (reconnect) return super.disconnect(true);
    if (this.ended) return;
    // As if it had never tried, which ioredis knows how to end.
    if (this.nodes().length === 0) this.status = 'wait';
    super.disconnect();
  }

  override sendCommand(...[command, ...rest]: Parameters<Cluster['sendCommand']>): unknown {
    if (this.ended) command.reject(new Error('Connection is closed.'));
    return this.ended ? command.promise : super.sendCommand(command, ...rest);
  }
}
