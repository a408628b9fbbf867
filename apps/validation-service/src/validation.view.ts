import { Injectable } from '@nestjs/common';
import type { DeviceTemplate } from '@skein/domain-resource';
import type { NewTemplateVersion } from '@skein/domain-validation';
import type {
  Delivered,
  FleetTemplateUpdated,
  FleetValidated,
  RepositoryUsersWoken,
} from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import { Repositories } from '@skein/task';

/** A fleet whose template is to be validated. */
export interface PendingFleet {
  readonly org: string;
  readonly fleet: string;
  readonly template: DeviceTemplate;
  readonly generation: number;
  /** Number of the newest event that its validation must have seen. */
  readonly dueNumber: number;
  /** What was said of it last. */
  readonly last: FleetValidated | null;
  /** Content digest of its latest template version. */
  readonly latestDigest: string | null;
}

const FOLD_TEMPLATES = `
insert into validation.fleets as f (org, fleet, name, template, generation, template_number)
select distinct on (org, fleet) org, fleet, max(name) over (partition by org, fleet), template, generation, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::json[], $6::bigint[])
  as e (org, fleet, number, name, template, generation)
order by org, fleet, number desc
on conflict (org, fleet) do update set
  name = coalesce(f.name, excluded.name),
  template = case when excluded.template_number > f.template_number then excluded.template else f.template end,
  generation = case when excluded.template_number > f.template_number then excluded.generation else f.generation end,
  template_number = greatest(f.template_number, excluded.template_number)`;

const FOLD_DELETED = `
insert into validation.fleets (org, fleet, deleted)
select distinct org, fleet, true
from unnest($1::uuid[], $2::uuid[]) as e (org, fleet)
order by org, fleet
on conflict (org, fleet) do update set deleted = true`;

const FOLD_WOKEN = `
insert into validation.fleets as f (org, fleet, woken_number)
select org, fleet, max(number)
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, fleet, number)
group by org, fleet order by org, fleet
on conflict (org, fleet) do update set woken_number = greatest(f.woken_number, excluded.woken_number)`;

const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('validation/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

const PENDING = `
select org, fleet, template, generation, due_number as "dueNumber", result as last,
       latest_digest as "latestDigest"
from validation.fleets
where org = $1 and fleet = $2 and pending`;

/** The service's tables: fleets with their templates, repositories, template versions. */
@Injectable()
export class ValidationView {
  readonly repositories = new Repositories('validation');

  /** Only one batch at a time is folded for an organisation: several sorted statements would deadlock. */
  async lock(transaction: Transaction, organisations: readonly string[]): Promise<void> {
    await transaction.query(LOCK, [organisations]);
  }

  async foldTemplates(
    transaction: Transaction,
    events: readonly Delivered<FleetTemplateUpdated & { readonly name?: string }>[],
  ): Promise<void> {
    await transaction.query(FOLD_TEMPLATES, [
      events.map(({ event }) => event.org),
      events.map(({ event }) => event.subject),
      events.map(({ sequence }) => sequence),
      events.map(({ event }) => event.data.name),
      events.map(({ event }) => JSON.stringify(event.data.template)),
      events.map(({ event }) => event.data.generation),
    ]);
  }

  async foldDeleted(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    await transaction.query(FOLD_DELETED, [
      events.map(({ event }) => event.org),
      events.map(({ event }) => event.subject),
    ]);
  }

  async foldWoken(
    transaction: Transaction,
    events: readonly Delivered<Pick<RepositoryUsersWoken, 'fleets'>>[],
  ): Promise<void> {
    const woken = events.flatMap(({ sequence, event: { org, data } }) =>
      data.fleets.map((fleet) => ({ org, fleet, sequence })),
    );
    await transaction.query(FOLD_WOKEN, [
      woken.map(({ org }) => org),
      woken.map(({ fleet }) => fleet),
      woken.map(({ sequence }) => sequence),
    ]);
  }

  /** Those of the fleets that have something to validate, as `org/uid`. */
  async pendingAmong(
    transaction: Transaction,
    fleets: readonly { readonly org: string; readonly uid: string }[],
  ): Promise<Set<string>> {
    const rows = await transaction.query<{ org: string; fleet: string }>(
      `select org, fleet from validation.fleets
       join unnest($1::uuid[], $2::uuid[]) as w (org, fleet) using (org, fleet)
       where pending`,
      [fleets.map(({ org }) => org), fleets.map(({ uid }) => uid)],
    );
    return new Set(rows.map(({ org, fleet }) => `${org}/${fleet}`));
  }

  /** Undefined when there is nothing to validate: deleted, or done already. */
  async pending(
    database: Queryable,
    org: string,
    fleet: string,
  ): Promise<PendingFleet | undefined> {
    const [row] = await database.query<PendingFleet>(PENDING, [org, fleet]);
    return row;
  }

  /** The same with its row locked until the transaction ends. */
  async lockPending(
    transaction: Transaction,
    { org, fleet }: PendingFleet,
  ): Promise<PendingFleet | undefined> {
    const [row] = await transaction.query<PendingFleet>(`${PENDING} for update`, [org, fleet]);
    return row;
  }

  async versionNames(database: Queryable, { org, fleet }: PendingFleet): Promise<Set<string>> {
    const rows = await database.query<{ name: string }>(
      'select name from validation.template_versions where org = $1 and fleet = $2',
      [org, fleet],
    );
    return new Set(rows.map(({ name }) => name));
  }

  async saveVersion(
    transaction: Transaction,
    { org, fleet, generation }: PendingFleet,
    { uid, name, contentDigest }: NewTemplateVersion & { readonly uid: string },
  ): Promise<void> {
    await transaction.query(
      `insert into validation.template_versions (org, template_version, fleet, name, generation, content_digest)
       values ($1, $2, $3, $4, $5, $6)`,
      [org, uid, fleet, name, generation, contentDigest],
    );
    await transaction.query(
      'update validation.fleets set latest_version = $3, latest_digest = $4 where org = $1 and fleet = $2',
      [org, fleet, uid, contentDigest],
    );
  }

  async saveResult(
    transaction: Transaction,
    { org, fleet, dueNumber }: PendingFleet,
    { result, decided }: { result: FleetValidated; decided: boolean },
  ): Promise<void> {
    await transaction.query(
      `update validation.fleets
       set result = $3, validated_number = case when $4 then $5 else validated_number end
       where org = $1 and fleet = $2`,
      [org, fleet, JSON.stringify(result), decided, dueNumber],
    );
  }

  /** Fleets that nobody is about to validate, although they should be. */
  missed(transaction: Transaction, limit: number): Promise<{ org: string; uid: string }[]> {
    return transaction.query(
      `select org, fleet as uid from validation.fleets f
       where pending and not exists (
         select from validation.wants w where w.org = f.org and w.kind = 'fleet' and w.uid = f.fleet)
       order by org, fleet limit $1`,
      [limit],
    );
  }
}
