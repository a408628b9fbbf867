import { Cluster, type ClusterOptions } from 'ioredis';
import type { Address } from './redis-url.js';

type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

/** As PatientRedis: disconnected between two attempts, ioredis leaves commands without an answer. */
export class PatientCluster extends Cluster {
  constructor(
    addresses: readonly Address[],
    options: Omit<ClusterOptions, 'redisOptions'> & { redisOptions: NodeOptions },
  ) {
    super([...addresses], options);
  }

  override disconnect(reconnect = false): void {
    // As if it had never tried, which ioredis knows how to end.
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }
}
