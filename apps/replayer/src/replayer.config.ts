import { FromEnvironment, ServiceConfig, withCacheRedis } from '@skein/config';
import { MAX_PARTITIONS } from '@skein/events';
import { IsInt, Max, Min } from 'class-validator';

export class ReplayerConfig extends withCacheRedis(ServiceConfig) {
  @FromEnvironment(
    'SKEIN_STREAM_PARTITIONS',
    'streams that each service has, so that they spread over the nodes of a Redis Cluster',
  )
  @IsInt()
  @Min(1)
  @Max(MAX_PARTITIONS)
  streamPartitions: number = 1;

  @FromEnvironment('SKEIN_STREAM_WINDOW', 'entries in a stream at the most')
  @IsInt()
  @Min(10)
  streamWindow: number = 10_000;

  @FromEnvironment(
    'SKEIN_STREAM_WINDOW_BYTES',
    'bytes of events in a stream at the most; an event that is larger enters an empty one',
  )
  @IsInt()
  @Min(65_536)
  streamWindowBytes: number = 64 * 1024 * 1024;

  @FromEnvironment(
    'SKEIN_POLL_MS',
    'how often the log is looked at when nobody says that something was committed',
  )
  @IsInt()
  @Min(10)
  pollMs: number = 250;

  @FromEnvironment('SKEIN_INSPECT_MS', 'how often each stream is compared with the log')
  @IsInt()
  @Min(50)
  inspectMs: number = 1_000;

  @FromEnvironment('SKEIN_CHECKPOINT_MS', 'how often checkpoints move')
  @IsInt()
  @Min(50)
  checkpointMs: number = 1_000;

  @FromEnvironment(
    'SKEIN_LEASE_MS',
    'after so long without a sign of life another replayer takes over',
  )
  @IsInt()
  @Min(500)
  leaseMs: number = 5_000;
}
