import { Injectable } from '@nestjs/common';
import { planOf, started, superseded } from '@skein/domain-rollout';
import { newUid, type NewEvent, type Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { ConcernedFleet } from './fleet-locks.js';
import { Rollouts, type NewRollout, type OutdatedFleet } from './rollouts.js';

type Ended = NonNullable<ReturnType<typeof endedOf>>;

function endedOf({ org, fleet, deleted, running, runningVersion }: OutdatedFleet) {
  if (!running || !runningVersion) return undefined;
  const reason = deleted ? ('FleetDeleted' as const) : ('NewTemplateVersion' as const);
  return { org, fleet, rollout: running, templateVersion: runningVersion, reason, message: null };
}

function newRollout({ org, fleet, templateVersion, policy }: OutdatedFleet): NewRollout {
  return { org, fleet, rollout: newUid(), templateVersion, plan: planOf(policy) };
}

/** Starts a rollout for each new template version and ends the one before it. */
@Injectable()
export class RolloutStarts {
  constructor(private readonly rollouts: Rollouts) {}

  async perform(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<NewEvent[]> {
    const outdated = await this.rollouts.outdated(transaction, fleets);
    const ended: Ended[] = outdated.flatMap((fleet) => endedOf(fleet) ?? []);
    const begun = outdated.filter(({ deleted }) => !deleted).map(newRollout);
    await this.rollouts.end(transaction, 'superseded', ended);
    await this.rollouts.start(transaction, begun);
    const origins = originsOf(fleets);
    return [
      ...ended.map(({ reason, ...rollout }) =>
        superseded({ ...rollout, origin: origins(rollout) }, reason),
      ),
      ...begun.map(({ plan, ...rollout }) =>
        started({ ...rollout, origin: origins(rollout) }, plan),
      ),
    ];
  }
}

/** Which origin the decisions about a fleet have. */
export function originsOf(fleets: readonly ConcernedFleet[]) {
  const origins = new Map(fleets.map(({ org, fleet, origin }) => [`${org}/${fleet}`, origin]));
  return ({ org, fleet }: { org: string; fleet: string }): Origin | undefined =>
    origins.get(`${org}/${fleet}`);
}
