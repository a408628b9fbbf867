import { groups } from '@skein/events';
import type { Client } from 'pg';

/** What the event log and the services' tables say about a run, straight from PostgreSQL. */
export class LogReader {
  constructor(private readonly client: Client) {}

  /** Events whose type ends so, before its version. */
  count(type: string): Promise<number> {
    return this.number(
      `select count(*) as value from log.events e join log.types t on t.id = e.type
       where t.name like '%' || $1 || '.v1'`,
      [type],
    ).catch(notYet);
  }

  /** Devices that reported that rendered version. */
  reported(version: number): Promise<number> {
    return this.number(
      `select count(distinct e.subject) as value from log.events e join log.types t on t.id = e.type
       where t.name like '%status-reported.v1' and (e.data ->> 'renderedVersion')::int = $1`,
      [version],
    ).catch(notYet);
  }

  /** Every service's checkpoint has reached the end of the log. */
  async allHandled(): Promise<boolean> {
    const done = await this.number(
      `select count(*) as value from log.checkpoints
       where number = (select max(sequence) from log.sequence)
         and (select count(*) from log.sequence) = (select count(*) from log.events)`,
    );
    return done === groups.length;
  }

  /** Events that wait to be tried again, are parked or were given up. */
  async leftOvers(): Promise<unknown[]> {
    const tables = groups.flatMap((group) =>
      ['retries', 'parked', 'dead_letters'].map(
        (table) => `select '${group}.${table}' as place, number, reason from ${group}.${table}`,
      ),
    );
    return (await this.client.query(tables.join(' union all '))).rows;
  }

  async numbering() {
    const { rows } = await this.client.query<Record<string, string>>(
      `select (select count(*) from log.events) as events, count(*) as numbers,
              count(distinct position) as positions, min(sequence) as first, max(sequence) as last
       from log.sequence`,
    );
    const entries = Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]);
    return Object.fromEntries(entries) as Record<string, number>;
  }

  /** Versions count 1, 2, 3 …, also in the order of numbers. */
  async subjectsWithGaps(): Promise<unknown[]> {
    const { rows } = await this.client.query(
      `select kind, subject, array_agg(version order by sequence) as versions
       from log.events join log.sequence using (position)
       group by org, kind, subject
       having min(version) <> 1 or max(version) <> count(*)
           or array_agg(version order by sequence) <> array_agg(version order by version)`,
    );
    return rows;
  }

  /** For each device, the rendered versions in the order of their events. */
  renderedVersions(): Promise<string[]> {
    return this.texts(
      `select string_agg(m ->> 'renderedVersion', ',' order by position) as value
       from log.events e join log.types t on t.id = e.type, json_array_elements(e.data -> 'members') m
       where t.name like '%devices-rendered.v1' group by m ->> 'device'`,
    );
  }

  reportedVersions(): Promise<string[]> {
    return this.texts(
      `select string_agg(e.data ->> 'renderedVersion', ',' order by position) as value
       from log.events e join log.types t on t.id = e.type
       where t.name like '%status-reported.v1' group by e.subject`,
    );
  }

  /** How often a device was selected for a template version, and how many such pairs there are. */
  async memberships(): Promise<{ distinct: number; all: number }> {
    const { rows } = await this.client.query<{ distinct: number; all: number }>(
      `select count(distinct (e.data ->> 'templateVersion', m ->> 'device'))::int as distinct, count(*)::int as all
       from log.events e join log.types t on t.id = e.type, json_array_elements(e.data -> 'members') m
       where t.name like '%devices-selected.v1'`,
    );
    return rows[0]!;
  }

  private async number(sql: string, parameters: unknown[] = []): Promise<number> {
    const { rows } = await this.client.query<{ value: string }>(sql, parameters);
    return Number(rows[0]!.value);
  }

  private async texts(sql: string): Promise<string[]> {
    const { rows } = await this.client.query<{ value: string }>(sql);
    return rows.map(({ value }) => value);
  }
}

/** The migrations have not run yet. */
function notYet(error: unknown): number {
  const missing = ['42P01', '3F000'];
  if (missing.includes((error as { code?: string }).code ?? '')) return 0;
  throw error;
}
