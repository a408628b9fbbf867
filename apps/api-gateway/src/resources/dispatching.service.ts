import { Injectable } from '@nestjs/common';
import { API_VERSION, type Dispatching, type DispatchingRequest } from '@skein/api';
import { dispatchingSwitched } from '@skein/events';
import { attempt } from './attempt.js';
import { originOf, type Caller } from './caller.js';
import { OrganisationDatabases } from './organisation-database.js';

interface Row {
  readonly frozen: boolean;
  readonly reason: string | null;
  readonly actor: string;
  readonly since: Date;
}

const READ = 'select frozen, reason, actor, since from gateway.dispatching where org = $1';

/** Answers a row only when something changed. */
const SWITCH = `
insert into gateway.dispatching as d (org, frozen, reason, actor) values ($1, $2, $3, $4)
on conflict (org) do update
  set frozen = excluded.frozen, reason = excluded.reason, actor = excluded.actor, since = now()
  where (d.frozen, d.reason) is distinct from (excluded.frozen, excluded.reason)
returning org`;

/** One switch for each organisation, which stops all rollouts at once. */
@Injectable()
export class DispatchingService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  async read({ org }: Caller): Promise<Dispatching> {
    const [row] = await this.organisations.of(org).query<Row>(READ, [org]);
    return {
      apiVersion: API_VERSION,
      kind: 'Dispatching',
      frozen: row?.frozen ?? false,
      ...(row?.reason && { reason: row.reason }),
      ...(row && { actor: row.actor, since: row.since.toISOString() }),
    };
  }

  async set(
    caller: Caller,
    { frozen, reason = undefined }: DispatchingRequest,
  ): Promise<Dispatching> {
    const { org, actor } = caller;
    const data = { frozen, reason: reason ?? null };
    await attempt(() =>
      this.organisations.of(org).commit(async (transaction) => {
        const changed = await transaction.query(SWITCH, [org, frozen, data.reason, actor]);
        const event = { definition: dispatchingSwitched, org, subject: org, data };
        const events = changed.length > 0 ? [{ ...event, origin: originOf(caller) }] : [];
        return { events, result: () => undefined };
      }),
    );
    return this.read(caller);
  }
}
