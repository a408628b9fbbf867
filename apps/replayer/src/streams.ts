import { groups, type Group } from '@skein/events';
import type { StreamFiguresReader } from './figures/stream-figures.js';
import { StreamLoops, type StreamParts } from './stream-loops.js';

const PLACES = `
select service, partition from log.checkpoints where service = any($1) order by service, partition`;

/** The streams of all services: those of which the log has a checkpoint. */
export class Streams {
  private readonly known = new Map<string, StreamLoops>();
  private stopped = false;

  constructor(private readonly parts: StreamParts) {}

  get figures(): readonly StreamFiguresReader[] {
    return [...this.known.values()].map(({ figures }) => figures);
  }

  /** Begins with what is new: a service registered, or has more partitions. Answers how many that are. */
  async look(): Promise<number> {
    const places = await this.parts.postgres.query<{ service: Group; partition: number }>(PLACES, [
      [...groups],
    ]);
    const added = places.filter(
      ({ service, partition }) => !this.known.has(`${service}.${partition}`),
    );
    for (const { service, partition } of added) {
      if (this.stopped) return 0;
      const loops = new StreamLoops(this.parts, service, partition);
      this.known.set(`${service}.${partition}`, loops);
      loops.start();
    }
    return added.length;
  }

  /** There may be something to publish. */
  wake(): void {
    for (const loops of this.known.values()) loops.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.known.values()].map((loops) => loops.stop()));
  }
}
