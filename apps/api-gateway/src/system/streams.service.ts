import { Injectable } from '@nestjs/common';
import { API_VERSION, type NumberingReport, type StreamReport } from '@skein/api';
import type { ReplayerReport, StreamReportList } from '@skein/api';
import { Postgres } from '@skein/postgres';

/** The replayer writes its figures down every second; after so long it is said to be away. */
const ALIVE_SECONDS = 10;

const AGE = 'extract(epoch from now() - updated_at)::double precision as age';
const STREAMS = `
select service, partition, figures, ${AGE} from log.stream_figures order by service, partition`;
const NUMBERING = `select figures, ${AGE} from log.numbering_figures`;

interface Row {
  readonly figures: object;
  readonly age: number;
}

/** Without what nobody knows. */
function known(figures: object): object {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null));
}

function replayerOf(ages: readonly number[]): ReplayerReport {
  const away = 'nothing is numbered, published or restored';
  if (ages.length === 0) {
    return { alive: false, message: `the replayer never gave a sign of life: ${away}` };
  }
  const ageSeconds = Math.min(...ages);
  const alive = ageSeconds < ALIVE_SECONDS;
  const message = alive
    ? 'the replayer runs'
    : `the replayer gave no sign of life for ${Math.round(ageSeconds)} s: ${away}, and the figures are as old`;
  return { alive, ageSeconds, message };
}

/** What the replayer wrote down about the streams. */
@Injectable()
export class StreamsService {
  constructor(private readonly postgres: Postgres) {}

  async report(): Promise<StreamReportList> {
    const rows = await this.postgres.query<Row & { service: string; partition: number }>(STREAMS);
    const [numbering] = await this.postgres.query<Row>(NUMBERING);
    const items = rows.map(({ service, partition, age, figures }) => {
      return { service, partition, ageSeconds: age, ...known(figures) } as StreamReport;
    });
    const checkpoints = items.map(({ checkpoint }) => checkpoint);
    return {
      apiVersion: API_VERSION,
      kind: 'StreamReportList',
      replayer: replayerOf([...rows, ...(numbering ? [numbering] : [])].map(({ age }) => age)),
      ...(items.length > 0 && { smallestCheckpoint: Math.min(...checkpoints) }),
      ...(numbering && {
        numbering: { ageSeconds: numbering.age, ...numbering.figures } as NumberingReport,
      }),
      items,
    };
  }
}
