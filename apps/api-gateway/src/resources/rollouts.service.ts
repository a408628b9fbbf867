import { Injectable } from '@nestjs/common';
import {
  API_VERSION,
  type DeviceOutcome,
  type Rollout,
  type RolloutDeviceList,
  type RolloutList,
} from '@skein/api';
import type { Caller } from './caller.js';
import { fleetReader } from './fleet-reader.js';
import { OrganisationDatabases } from './organisation-database.js';
import { criteriaOf, listMetadata, pageRequest, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { presentDevice, presentRollout } from './rollout-presenter.js';
import { rolloutReader } from './rollout-reader.js';

/** Waiting devices that are shown with a rollout. */
const SHOWN_DEVICES = 100;
/** Batches and groups that are shown with it. */
const SHOWN_PARTS = 1_000;

const outcomes: readonly DeviceOutcome[] = ['held', 'waiting', 'updated', 'failed'];

function outcomesOf(query: ListQuery): readonly DeviceOutcome[] {
  const { outcome } = query;
  if (outcome === undefined) return outcomes;
  const found = outcomes.find((one) => one === outcome);
  if (found) return [found];
  throw new RefusedRequest('invalid', `outcome: must be one of ${outcomes.join(', ')}`);
}

/** How template versions are spread over fleets, and what waits for what. */
@Injectable()
export class RolloutsService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  async read({ org }: Caller, uid: string): Promise<Rollout> {
    const database = this.organisations.of(org);
    const row = await rolloutReader.one(database, org, uid);
    const wanted = { outcomes: ['held', 'waiting'], after: null, limit: SHOWN_DEVICES } as const;
    const isRunning = row.waitReason !== null;
    const [batches, groups, devices] = await Promise.all([
      rolloutReader.batches(database, org, uid, SHOWN_PARTS),
      isRunning ? rolloutReader.groups(database, org, uid, SHOWN_PARTS) : [],
      isRunning ? rolloutReader.devices(database, org, uid, wanted) : [],
    ]);
    return presentRollout(row, { batches, groups, devices });
  }

  /** Newest first; of one fleet when the query or the path names it. */
  async list({ org }: Caller, query: ListQuery, name?: string): Promise<RolloutList> {
    const database = this.organisations.of(org);
    const asked = name ?? query['fleet'];
    const fleet =
      asked === undefined ? null : (await fleetReader.one(database, org, String(asked))).uid;
    const criteria = criteriaOf(org, fleet);
    const { limit, after } = pageRequest('Rollout', query, { takes: [], criteria });
    const found = await rolloutReader.page(database, org, { fleet, after, limit: limit + 1 });
    const rows = found.slice(0, limit);
    const next = found.length > limit ? rows.at(-1)!.uid : undefined;
    return {
      apiVersion: API_VERSION,
      kind: 'RolloutList',
      metadata: listMetadata('Rollout', { rows, next }, criteria),
      items: rows.map((row) => presentRollout(row)),
    };
  }

  /** Its devices, in the order of their uids. */
  async devices({ org }: Caller, uid: string, query: ListQuery): Promise<RolloutDeviceList> {
    const database = this.organisations.of(org);
    const outcomes = outcomesOf(query);
    const criteria = criteriaOf(org, uid, ...outcomes);
    const { limit, after } = pageRequest('RolloutDevice', query, { takes: [], criteria });
    const row = await rolloutReader.one(database, org, uid);
    const wanted = { outcomes, after, limit: limit + 1 };
    const found = await rolloutReader.devices(database, org, uid, wanted);
    const rows = found.slice(0, limit);
    const next = found.length > limit ? rows.at(-1)!.uid : undefined;
    return {
      apiVersion: API_VERSION,
      kind: 'RolloutDeviceList',
      metadata: listMetadata('RolloutDevice', { rows, next }, criteria),
      items: rows.map((device) => presentDevice(row, device)),
    };
  }
}
