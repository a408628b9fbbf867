import type { Postgres } from '@skein/postgres';
import type { Tallied } from '../publishing/tally.js';
import { exportGauges, type AllFigures, type KnownStream } from './gauges.js';
import type { NumberingFigures, NumberingFiguresReader } from './numbering-figures.js';
import type { StreamFiguresReader } from './stream-figures.js';

/** Figures that are older are nobody's figures: PostgreSQL is away, or somebody else leads. */
const STALE_MS = 10_000;

const SAVE_STREAMS = `
insert into log.stream_figures as f (service, partition, figures)
select * from unnest($1::text[], $2::integer[], $3::jsonb[]) as e (service, partition, figures)
order by service, partition
on conflict (service, partition) do update set figures = excluded.figures, updated_at = now()`;

const SAVE_NUMBERING = `
insert into log.numbering_figures (figures) values ($1)
on conflict (one) do update set figures = excluded.figures, updated_at = now()`;

type Place = Pick<KnownStream, 'service' | 'partition'>;

/** The figures that people need, as gauges and as rows; kept by the replayer that leads. */
export class Figures {
  private latest: (AllFigures & { readonly at: number }) | undefined;
  private readonly endExport: () => void;

  constructor(
    private readonly postgres: Postgres,
    private readonly streams: () => readonly StreamFiguresReader[],
    private readonly numbering: NumberingFiguresReader,
  ) {
    this.endExport = exportGauges(() => this.current());
  }

  stop(): void {
    this.endExport();
  }

  /** This replayer begins to lead: its tallies go on from those that were written down. */
  async resume(): Promise<void> {
    const rows = await this.postgres.query<Place & { figures: Tallied }>(
      'select service, partition, figures from log.stream_figures',
    );
    for (const { service, partition, figures } of rows) {
      const { published, restored, publishedTo } = figures;
      const stream = this.streams().find(
        (one) => one.group === service && one.partition === partition,
      );
      stream?.tally.resume({ published, restored, publishedTo });
    }
  }

  /** This replayer leads no more. */
  forget(): void {
    this.latest = undefined;
  }

  /** Reads all figures, exports them and writes them down; a stream that cannot be read hides no other one. */
  async step(): Promise<void> {
    const streams: KnownStream[] = [];
    const reading = this.streams().map(async (stream) => {
      const figures = await stream.read();
      if (figures) streams.push({ service: stream.group, partition: stream.partition, figures });
    });
    const failed = (await Promise.allSettled(reading)).find(({ status }) => status === 'rejected');
    const numbering = await this.numbering.read();
    this.latest = { streams, numbering, at: Date.now() };
    await this.save(streams, numbering);
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  private async save(
    streams: readonly KnownStream[],
    numbering: NumberingFigures | undefined,
  ): Promise<void> {
    await this.postgres.query(SAVE_STREAMS, [
      streams.map(({ service }) => service),
      streams.map(({ partition }) => partition),
      streams.map(({ figures }) => JSON.stringify(figures)),
    ]);
    if (numbering) await this.postgres.query(SAVE_NUMBERING, [JSON.stringify(numbering)]);
  }

  private current(): AllFigures | undefined {
    const isFresh = this.latest && Date.now() - this.latest.at < STALE_MS;
    return isFresh ? this.latest : undefined;
  }
}
