import { groups, type Group } from '@skein/events';
import type { Client } from 'pg';

/**
 * Row-level security: what the gateway does for one organisation runs as a role of its own, which sees and writes the rows
 * of that organisation only, whatever its statements say. It is a second net: they all name the organisation as well.
 */

/** SQL: the organisation for which a statement runs, as the gateway has set it; null when it has not. */
const SCOPE = `nullif(current_setting('skein.org', true), '')::uuid`;

/** Tables with rows of organisations that the gateway reads or writes for users. */
const isolated = [
  'gateway.repositories',
  'gateway.fleets',
  'gateway.devices',
  'gateway.device_statuses',
  'gateway.device_tokens',
  'gateway.device_views',
  'gateway.dispatching',
  'gateway.fleet_views',
  'gateway.idempotency_keys',
  'gateway.names',
  'gateway.presence',
  'gateway.repository_users',
  'gateway.template_versions',
  'log.events',
  'log.subjects',
  'blobs.contents',
  'blobs.sealed',
] as const;

/**
 * What is read through a view of the organisation's rows, which runs with its owner's rights: views of other services have no
 * rows of their own for a policy; and a policy comes before every condition whose function might tell of what it sees, so
 * that an index for such a condition (labels, whom an event names) is not used, also where only a table that is joined has one. (PostgreSQL's manual, 41.5.)
 */
const viewed: Readonly<Record<string, string>> = {
  devices: 'gateway.devices',
  device_views: 'gateway.device_views',
  device_statuses: 'gateway.device_statuses',
  fleets: 'gateway.fleets',
  fleet_views: 'gateway.fleet_views',
  template_versions: 'gateway.template_versions',
  events: 'log.events',
  shown_rollouts: 'rollout.shown_rollouts',
  shown_batches: 'rollout.shown_batches',
  shown_devices: 'rollout.shown_devices',
  waits_for_budget: 'rollout.waits_for_budget',
  shown_waits: 'render.shown_waits',
};

const schemaOf = (table: string): string => table.split('.')[0]!;

/** Whether a table is there, if only these services were migrated. */
const isThere =
  (services: readonly Group[]) =>
  (table: string): boolean => {
    const schema = schemaOf(table);
    return services.some((service) => service === schema) || !groups.some((one) => one === schema);
  };

export const isolatedTables = (services: readonly Group[]): string[] =>
  isolated.filter(isThere(services));

/** The views, by their names in the schema `organisation`, and what they are of. */
export const organisationViews = (services: readonly Group[]): [name: string, of: string][] =>
  Object.entries(viewed).filter(([, of]) => isThere(services)(of));

const HAS_POLICIES = `
select c.relrowsecurity and count(p.polname) = 2 as isolated
from pg_class c left join pg_policy p on p.polrelid = c.oid and p.polname in ('everything', 'organisation')
where c.oid = $1::regclass group by c.relrowsecurity`;

/** Everybody but that role sees all: for them it costs nothing, since a condition that is true is none. */
async function isolate(client: Client, table: string, role: string): Promise<void> {
  const { rows } = await client.query<{ isolated: boolean }>(HAS_POLICIES, [table]);
  if (rows[0]!.isolated) return;
  await client.query(`
    alter table ${table} enable row level security;
    create policy everything on ${table} using (true) with check (true);
    create policy organisation on ${table} as restrictive to ${role}
      using (org = ${SCOPE}) with check (org = ${SCOPE})`);
}

/** Makes the policies and the views, where they are not there yet. */
export async function isolateOrganisations(
  client: Client,
  services: readonly Group[],
  role: string,
): Promise<void> {
  for (const table of isolatedTables(services)) await isolate(client, table, role);
  await client.query('create schema if not exists organisation');
  for (const [name, of] of organisationViews(services)) {
    const view = `create or replace view organisation.${name} as select * from ${of}`;
    await client.query(`${view} where org = ${SCOPE}`);
  }
}
