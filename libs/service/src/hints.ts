import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceConfig } from '@skein/config';
import { numberedChannel, wakeChannel } from '@skein/events';
import { listen, openHintRedis, openRedis } from '@skein/redis';
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

/** Hears of the replayer that it numbered something. A hint may be lost: whoever listens looks now and then all the same. */
@Injectable()
export class NumberedHints implements OnApplicationShutdown {
  private disconnect: (() => void) | undefined;

  constructor(private readonly config: ServiceConfig) {}

  listen(heard: () => void): void {
    const { streamRedis, streamPrefix } = this.config;
    const redis = openRedis({ ...streamRedis, name: 'skein-numbered-hints' });
    listen(redis, numberedChannel(streamPrefix), heard);
    this.disconnect = () => redis.disconnect();
  }

  onApplicationShutdown(): void {
    this.disconnect?.();
  }
}
