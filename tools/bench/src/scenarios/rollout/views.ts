import { groups } from '@skein/events';
import type pg from 'pg';
import type { BatchSize } from './batches.js';

/** Devices of the fleet `$1` that run nothing but its newest template version, if that is not `$2`. */
const RENDERED = `
select count(*)::int as answer
from gateway.fleets r
join gateway.fleet_views f on f.org = r.org and f.uid = r.uid
join gateway.device_views v on v.org = f.org and v.owner = f.uid
where r.name = $1 and f.template_version is distinct from $2::uuid
  and v.target = f.template_version and v.rendered_template_version = f.template_version`;

const OWNED = `
select count(*)::int as answer
from gateway.device_views v join gateway.fleets r on r.org = v.org and r.uid = v.owner
where r.name = $1`;

const NEWEST = `
select f.template_version as answer
from gateway.fleets r join gateway.fleet_views f on f.org = r.org and f.uid = r.uid
where r.name = $1`;

const REMEMBER = `
drop table if exists public.bench_before;
create table public.bench_before as select org, uid, rendered_version from gateway.device_views;
analyze public.bench_before`;

const GROWN = `
select count(*)::int as answer
from gateway.device_views v
left join public.bench_before b on b.org = v.org and b.uid = v.uid
where v.rendered_version - coalesce(b.rendered_version, 0) = $1`;

const DIGESTS = 'select count(distinct rendered_digest)::int as answer from gateway.device_views';

const LAST = 'select coalesce(max(sequence), 0)::int as answer from log.sequence';

const POSITION = 'select max(position)::int as answer from log.events';

const COMPLETED = `
select count(*)::int as answer from log.events e join log.types t on t.id = e.type
where t.name = 'skein.rollout.completed.v1' and e.data ->> 'templateVersion' = $1 and e.position > $2`;

const SELECTED = `
select (e.data ->> 'batch')::int as batch, sum(json_array_length(e.data -> 'members'))::int as devices
from log.events e join log.types t on t.id = e.type
where t.name = 'skein.rollout.devices-selected.v1' and e.data ->> 'templateVersion' = $1
group by 1 order by 1`;

const places = ['retries', 'failed_members', 'parked', 'dead_letters'];

/** What has been said and is not yet handled, one row for each reason. */
const waitingIn = (wants: readonly string[]) => `
with last as (select coalesce(max(sequence), 0) as number from log.sequence)
select 'numbers: ' || last.number || ' of ' || e.events as what
from last, (select count(*) as events from log.events) e where e.events <> last.number
union all
select 'checkpoints: ' || service || ' at ' || c.number || ' of ' || last.number
from log.checkpoints c, last where c.number <> last.number
${groups
  .flatMap((group) => [...places, ...(wants.includes(group) ? ['wants'] : [])].map(countIn(group)))
  .join('')}`;

const countIn = (group: string) => (table: string) => `
union all
select '${group}.${table}: ' || count(*) || ', ' || coalesce(min(reason), 'no reason')
from ${group}.${table} having count(*) > 0`;

/** Those of the repo service are its schedule: there is always a next check. */
const WANTS = `
select table_schema as schema from information_schema.tables
where table_name = 'wants' and table_schema <> 'repo'`;

/** The gateway's view of the devices, and what waits behind it; as one looks at it from outside. */
export class Views {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly waitingSql: string,
  ) {}

  static async open(pool: pg.Pool): Promise<Views> {
    const { rows } = await pool.query<{ schema: string }>(WANTS);
    return new Views(pool, waitingIn(rows.map(({ schema }) => schema)));
  }

  devices = () => this.one<number>('select count(*)::int as answer from gateway.device_views');
  owned = (fleet: string) => this.one<number>(OWNED, [fleet]);
  /** @param before the template version that they ran before */
  rendered = (fleet: string, before?: string) => this.one<number>(RENDERED, [fleet, before]);
  /** The newest template version of a fleet; undefined without one. */
  newest = (fleet: string) => this.one<string | undefined>(NEWEST, [fleet]);
  digests = () => this.one<number>(DIGESTS);
  /** Devices whose rendered version has grown by so many since it was remembered. */
  grown = (by: number) => this.one<number>(GROWN, [by]);
  /** The number of the last event. */
  last = () => this.one<number>(LAST);
  /** Where the log ends. */
  position = () => this.one<number>(POSITION);
  /** Whether (1 or 0) a rollout of it was completed after a position. */
  completed = (templateVersion: string, after: number) =>
    this.one<number>(COMPLETED, [templateVersion, after]);

  async remember(): Promise<void> {
    await this.pool.query(REMEMBER);
  }

  /** How many devices each batch of a rollout took. */
  async batches(templateVersion: string): Promise<BatchSize[]> {
    return (await this.pool.query<BatchSize>(SELECTED, [templateVersion])).rows;
  }

  /** What is not yet handled, in words; empty when all is. */
  async waiting(): Promise<string> {
    const { rows } = await this.pool.query<{ what: string }>(this.waitingSql);
    return rows.map(({ what }) => what).join('; ');
  }

  /** So that nothing that real life does in the background falls into the next phase. */
  async settle(): Promise<void> {
    await this.pool.query('vacuum (analyze)');
    await this.pool.query('checkpoint');
  }

  private async one<Answer>(sql: string, parameters: readonly unknown[] = []): Promise<Answer> {
    const { rows } = await this.pool.query<{ answer: Answer }>(sql, [...parameters]);
    return rows[0]?.answer as Answer;
  }
}
