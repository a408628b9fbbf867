import { byHandNames } from '@skein/event-log';
import { groups, type Group } from '@skein/events';
import { isolatedTables, organisationViews } from './isolation.js';

/** Every service has a PostgreSQL role of its own. */
export const rooms = [...groups, 'replayer'] as const;
export type Room = (typeof rooms)[number];
/** Everybody who is granted something: `requests` is who the gateway is while it serves one organisation. */
export type Grantee = Room | 'requests';

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'USAGE' | 'EXECUTE';

export interface Grant {
  readonly roles: readonly Grantee[];
  readonly privileges: readonly Privilege[];
  /** What GRANT names: `TABLE log.events`, `SCHEMA log`. */
  readonly on: string;
}

const grant = (roles: readonly Grantee[], privileges: readonly Privilege[], on: string): Grant => ({
  roles,
  privileges,
  on,
});

/** Nobody may change or delete an event: no role has UPDATE or DELETE on log.events. */
const log: readonly Grant[] = [
  grant(rooms, ['USAGE'], 'SCHEMA log'),
  grant(
    rooms,
    ['SELECT'],
    'TABLE log.events, log.types, log.sequence, log.checkpoints, log.hearings, log.quiet_round, log.partition_counts, log.detours',
  ),
  grant(groups, ['INSERT'], 'TABLE log.events'),
  grant(groups, ['USAGE'], 'SEQUENCE log.event_position'),
  grant(['replayer'], ['SELECT'], 'SEQUENCE log.event_position'),
  grant(groups, ['SELECT', 'INSERT', 'UPDATE'], 'TABLE log.subjects'),
  grant(
    groups,
    ['EXECUTE'],
    'FUNCTION log.register_types(text[]), log.register_hearing(text, text[])',
  ),
  grant(['replayer'], ['INSERT'], 'TABLE log.sequence'),
  grant(['replayer'], ['SELECT', 'UPDATE'], 'TABLE log.settled'),
  grant(['replayer'], ['UPDATE'], 'TABLE log.quiet_round'),
  grant(['replayer'], ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'TABLE log.leases'),
  grant(['replayer'], ['INSERT', 'UPDATE'], 'TABLE log.checkpoints'),
  grant(['replayer'], ['INSERT', 'UPDATE', 'DELETE'], 'TABLE log.partition_counts, log.detours'),
  grant(
    ['replayer'],
    ['EXECUTE'],
    'FUNCTION log.make_partitions(), log.merge_concerned(), log.position_holders()',
  ),
  grant(
    rooms,
    ['EXECUTE'],
    `FUNCTION log.org_slot(uuid), log.subject_slot(uuid, uuid),
      log.concerned(text, uuid, json), log.named_in(uuid, json),
      log.of_partition(text, integer, bigint[]), log.heard(text, integer, bigint, bigint, bigint)`,
  ),
  grant(
    ['replayer'],
    ['SELECT', 'INSERT', 'UPDATE'],
    'TABLE log.stream_figures, log.numbering_figures',
  ),
  grant(['replayer'], ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'TABLE log.kv_figures'),
  grant(['gateway'], ['SELECT'], 'TABLE log.stream_figures, log.numbering_figures, log.kv_figures'),
];

const blobs: readonly Grant[] = [
  grant(['gateway', 'validation', 'render', 'repo'], ['USAGE'], 'SCHEMA blobs'),
  grant(['gateway', 'validation', 'render'], ['SELECT'], 'TABLE blobs.contents'),
  grant(['gateway', 'validation', 'render', 'repo'], ['SELECT'], 'TABLE blobs.sealed'),
  grant(['validation', 'render'], ['INSERT'], 'TABLE blobs.contents'),
  grant(['gateway'], ['INSERT'], 'TABLE blobs.sealed'),
  grant(['validation', 'render'], ['SELECT', 'INSERT'], 'TABLE blobs.digest_keys'),
];

/**
 * A service owns its schema's rows; the replayer reads what was handled, prunes it, and heals holes;
 * the gateway shows what waits or was given up, and hands on what a person wants done with it.
 */
function ofService(room: Group): Grant[] {
  return [
    grant([room], ['USAGE'], `SCHEMA ${room}`),
    grant([room], ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], `ALL TABLES IN SCHEMA ${room}`),
    grant([room], ['USAGE', 'SELECT'], `ALL SEQUENCES IN SCHEMA ${room}`),
    grant([room], ['EXECUTE'], `ALL FUNCTIONS IN SCHEMA ${room}`),
    grant(['replayer'], ['USAGE'], `SCHEMA ${room}`),
    grant(['replayer'], ['SELECT'], `TABLE ${room}.inbox`),
    grant(['replayer'], ['SELECT', 'INSERT'], `TABLE ${room}.retries`),
    grant(
      ['replayer'],
      ['SELECT'],
      `TABLE ${room}.failed_members, ${room}.parked, ${room}.dead_letters, ${room}.counts`,
    ),
    grant(['replayer'], ['EXECUTE'], `FUNCTION ${room}.prune(), ${room}.prune_late(integer)`),
    grant(['gateway'], ['USAGE'], `SCHEMA ${room}`),
    grant(['gateway'], ['SELECT'], `TABLE ${room}.dead_letters, ${room}.parked`),
    grant(
      ['gateway'],
      ['EXECUTE'],
      `FUNCTION ${byHandNames.map((name) => `${room}.${name}(bigint[])`).join(', ')}`,
    ),
  ];
}

/** The views by which services show what waits, and why; nothing decides by them. */
const shown: Partial<Record<Group, string>> = {
  rollout:
    'TABLE rollout.shown_rollouts, rollout.shown_batches, rollout.shown_devices, rollout.waits_for_budget',
  render: 'TABLE render.shown_waits',
};

function shownBy(service: Group): Grant[] {
  const views = shown[service];
  return views ? [grant(['gateway'], ['SELECT'], views)] : [];
}

/** What only is added to: of these, no role has more. */
const added = ['log.events', 'blobs.contents', 'blobs.sealed'];

/** For one organisation: rows of the tables that have a policy, and views that have nothing else. */
function ofRequests(services: readonly Group[]): Grant[] {
  if (!services.includes('gateway')) return [];
  const tables = isolatedTables(services).filter((table) => !added.includes(table));
  const views = organisationViews(services).map(([name]) => `organisation.${name}`);
  return [
    grant(['requests'], ['USAGE'], 'SCHEMA gateway, log, blobs, organisation'),
    grant(['requests'], ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], `TABLE ${tables.join(', ')}`),
    grant(['requests'], ['SELECT', 'INSERT'], 'TABLE log.events, blobs.sealed'),
    grant(['requests'], ['SELECT'], `TABLE blobs.contents, ${views.join(', ')}`),
    grant(['requests'], ['SELECT'], 'TABLE log.types, log.sequence'),
    grant(['requests'], ['USAGE'], 'SEQUENCE log.event_position'),
    grant(
      ['requests'],
      ['EXECUTE'],
      `FUNCTION log.org_slot(uuid), log.subject_slot(uuid, uuid),
        log.concerned(text, uuid, json), log.named_in(uuid, json)`,
    ),
  ];
}

/** Who may do what: all of it, and nothing else. */
export function roleMatrix(services: readonly Group[] = groups): readonly Grant[] {
  const ofServices = [...services.flatMap(ofService), ...services.flatMap(shownBy)];
  return [...log, ...blobs, ...ofServices, ...ofRequests(services)];
}
