import { getHeapStatistics } from 'node:v8';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, meter, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';

const KIB = 1_024;

/** What the gateway needs of the heap by itself, in bytes, unless that is more than half of it. */
const OWN = 100 * KIB * KIB;

/** What clients hold of the heap at the most, each, in bytes. A test measures it. */
export const HELD_BY = {
  /** A connection to the REST door, and the device that waits on it. */
  restConnection: 10 * KIB,
  grpcConnection: 6 * KIB,
  /** A call by gRPC, and the device that waits for its answer: on one connection there may be a thousand. */
  grpcCall: 20 * KIB,
};

const LIMITED = 'connections are limited by the heap: --max-old-space-size gives Node more';

/** The room that clients share in the heap of this process. A heap that is full ends the process, with all that wait. */
@Injectable()
export class HeapRoom {
  private free: number;

  /** In bytes. */
  get left(): number {
    return this.free;
  }

  constructor({ maxConnections }: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    const { heap_size_limit: limit } = getHeapStatistics();
    this.free = limit - Math.min(OWN, limit / 2);
    const connections = Math.floor(this.free / HELD_BY.restConnection);
    if (connections < maxConnections) logger.info({ connections, most: maxConnections }, LIMITED);
    meter()
      .createObservableGauge('skein_heap_room_bytes', {
        description: 'What is left of the heap for connections and calls.',
      })
      .addCallback((result) => result.observe(this.free));
  }

  /** Takes so many bytes, unless there are fewer; whoever has them gives them back. */
  take(bytes: number): boolean {
    const isFree = bytes <= this.free;
    if (isFree) this.free -= bytes;
    return isFree;
  }

  give(bytes: number): void {
    this.free += bytes;
  }

  /** Takes so many bytes also when there are fewer, for what is there already: it is to be refused then. */
  overdraw(bytes: number): void {
    this.free -= bytes;
  }

  get isOverdrawn(): boolean {
    return this.free < 0;
  }
}
