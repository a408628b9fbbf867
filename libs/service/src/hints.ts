import type { OnApplicationShutdown } from '@nestjs/common';
import type { ServiceConfig } from '@skein/config';
import { wakeChannel } from '@skein/events';
import { openHintRedis } from '@skein/redis';
import { waker } from '@skein/stream';

/** Tells the replayer of commits, for as long as the service runs. */
export class Hints implements OnApplicationShutdown {
  private constructor(
    readonly wake: () => void,
    private readonly disconnect: () => void,
  ) {}

  static open({ streamRedis, streamPrefix }: ServiceConfig, room: string): Hints {
    const redis = openHintRedis({ ...streamRedis, name: `skein-${room}-hints` });
    redis.connect().catch(() => undefined);
    return new Hints(waker(redis, wakeChannel(streamPrefix)), () => redis.disconnect());
  }

  onApplicationShutdown(): void {
    this.disconnect();
  }
}
