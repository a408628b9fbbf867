import { Injectable } from '@nestjs/common';
import type { RolloutActionRequest, RolloutRequest } from '@skein/api';
import {
  fleetRolloutRequested,
  rolloutActionRequested,
  type NewEvent,
  type RolloutAction,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { attempt } from './attempt.js';
import { originOf, type Caller } from './caller.js';
import { OrganisationDatabases } from './organisation-database.js';
import { RefusedRequest } from './refused-request.js';
import { rolloutReader, type RolloutRow } from './rollout-reader.js';

/** The fleet, locked as a write of it does, and the template versions that are meant. */
const FLEET = `
select f.uid, f.template_generation as generation, newest.uid as newest
from gateway.fleets f
join gateway.fleet_views v on v.org = f.org and v.uid = f.uid
left join gateway.template_versions newest on newest.org = v.org and newest.uid = v.template_version
where f.org = $1 and f.name = $2
for no key update of f`;

const VERSION =
  'select uid from gateway.template_versions where org = $1 and fleet = $2 and name = $3';

const GROW = 'update gateway.fleets set version = version + 1 where org = $1 and uid = $2';

interface KnownFleet {
  readonly uid: string;
  readonly generation: number;
  readonly newest: string | null;
}

const conflict = (message: string) => new RefusedRequest('conflict', message);

function requireRunning(row: RolloutRow, action: RolloutAction): void {
  if (row.state === 'active' || row.state === 'waiting') return;
  throw conflict(`Rollout ${row.uid} is ${row.state}: there is nothing to ${action}`);
}

/** What must be so for an action; each answers the batch that it is about, if it is about one. */
const rules: Readonly<Record<RolloutAction, (row: RolloutRow, batch?: number) => number | null>> = {
  pause(row) {
    requireRunning(row, 'pause');
    if (row.waitReason === 'Paused') throw conflict(`Rollout ${row.uid} is paused already`);
    return null;
  },
  resume(row) {
    requireRunning(row, 'resume');
    if (row.waitReason !== 'Paused') throw conflict(`Rollout ${row.uid} is not paused`);
    return null;
  },
  approve(row, batch) {
    requireRunning(row, 'approve');
    if (batch !== undefined && batch > row.lastBatch)
      throw new RefusedRequest(
        'invalid',
        `batch: the last one of this rollout is ${row.lastBatch}`,
      );
    if (batch === undefined && row.reason !== 'Approval')
      throw conflict(`Rollout ${row.uid} waits for no approval now: name a batch to approve ahead`);
    return batch ?? row.batch;
  },
  abort(row) {
    requireRunning(row, 'abort');
    return null;
  },
  retry(row) {
    if (!row.latest || row.state === 'stopped' || row.state === 'superseded')
      throw conflict(`Rollout ${row.uid} has ended for good: start a new one of its fleet`);
    if (row.failed === 0) throw conflict(`Rollout ${row.uid} has no failed device`);
    return null;
  },
};

/** Says what people want of rollouts. The rollout service does it: until it has, the rollout is shown as it was. */
@Injectable()
export class RolloutRequestsService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  /** @throws RefusedRequest when there is no such rollout, or it is not in a state for that */
  async act(
    caller: Caller,
    uid: string,
    action: RolloutAction,
    { batch, reason = undefined }: RolloutActionRequest,
  ): Promise<void> {
    const row = await rolloutReader.one(this.organisations.of(caller.org), caller.org, uid);
    if (batch !== undefined && action !== 'approve')
      throw new RefusedRequest('invalid', `batch: is for approve, and not for ${action}`);
    const data = {
      ...{ fleet: row.fleetUid, action, batch: rules[action](row, batch) },
      reason: reason ?? null,
    };
    const event = { definition: rolloutActionRequested, org: caller.org, subject: uid, data };
    const origin = originOf(caller);
    await attempt(() =>
      this.organisations
        .of(caller.org)
        .commit(() => Promise.resolve({ events: [{ ...event, origin }], result: () => undefined })),
    );
  }

  /** @throws RefusedRequest when there is no such fleet or template version */
  async start(caller: Caller, fleet: string, request: RolloutRequest): Promise<void> {
    await attempt(() =>
      this.organisations.of(caller.org).commit(async (transaction) => {
        const event = await this.wish(transaction, caller, fleet, request);
        return { events: [event], result: () => undefined };
      }),
    );
  }

  private async wish(
    transaction: Transaction,
    caller: Caller,
    name: string,
    { templateVersion, immediate = false, reason }: RolloutRequest,
  ): Promise<NewEvent> {
    const { org } = caller;
    const [known] = await transaction.query<KnownFleet>(FLEET, [org, name]);
    if (!known) throw RefusedRequest.notFound('Fleet', name);
    const { uid, generation, newest } = known;
    if (newest === null)
      throw conflict(`Fleet ${name} has no template version yet: see its condition Valid`);
    const wanted =
      templateVersion === undefined
        ? newest
        : await this.versionOf(transaction, { org, fleet: uid, name }, templateVersion);
    await transaction.query(GROW, [org, uid]);
    const data = {
      templateVersion: wanted === newest ? null : wanted,
      ...{ generation, immediate, reason: reason ?? null },
    };
    return { definition: fleetRolloutRequested, org, subject: uid, data, origin: originOf(caller) };
  }

  private async versionOf(
    transaction: Transaction,
    { org, fleet, name }: { readonly org: string; readonly fleet: string; readonly name: string },
    version: string,
  ): Promise<string> {
    const [found] = await transaction.query<{ uid: string }>(VERSION, [org, fleet, version]);
    if (found) return found.uid;
    throw RefusedRequest.notFound('TemplateVersion', `${name}/${version}`);
  }
}
