import { Injectable } from '@nestjs/common';
import { API_VERSION, type KvReport, type KvReportList } from '@skein/api';
import { Postgres } from '@skein/postgres';

const SERVERS = `
select server, node, figures, extract(epoch from now() - updated_at)::double precision as age
from log.kv_figures order by server desc, node`;

interface Row {
  readonly server: string;
  readonly node: string;
  readonly figures: object;
  readonly age: number;
}

/** What the replayer wrote down about the servers of streams and cache. */
@Injectable()
export class KvService {
  constructor(private readonly postgres: Postgres) {}

  async report(): Promise<KvReportList> {
    const rows = await this.postgres.query<Row>(SERVERS);
    const items = rows.map(({ server, node, age, figures }) => {
      const known = Object.entries(figures).filter(([, value]) => value !== null);
      return { server, node, ageSeconds: age, ...Object.fromEntries(known) } as KvReport;
    });
    return { apiVersion: API_VERSION, kind: 'KvReportList', items };
  }
}
