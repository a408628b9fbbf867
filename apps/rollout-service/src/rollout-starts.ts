import { Injectable } from '@nestjs/common';
import { planOf, started, superseded } from '@skein/domain-rollout';
import { newUid, type NewEvent, type Origin, type RolloutSuperseded } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { ConcernedFleet } from './fleet-locks.js';
import { Rollouts, type NewRollout, type OutdatedFleet } from './rollouts.js';

type Ended = NonNullable<ReturnType<typeof endedOf>>;

function reasonOf({ deleted, requested }: OutdatedFleet): RolloutSuperseded['reason'] {
  if (deleted) return 'FleetDeleted';
  return requested ? 'Requested' : 'NewTemplateVersion';
}

function endedOf(outdated: OutdatedFleet) {
  const { org, fleet, running, runningVersion } = outdated;
  if (!running || !runningVersion) return undefined;
  const reason = reasonOf(outdated);
  return { org, fleet, rollout: running, templateVersion: runningVersion, reason, message: null };
}

/** A rollout that was asked for without batches keeps the other limits of the policy. */
function newRollout({ org, fleet, templateVersion, policy, immediate }: OutdatedFleet): NewRollout {
  const { deviceSelection, approval, ...limits } = policy ?? {};
  const plan = planOf(immediate ? limits : { deviceSelection, approval, ...limits });
  return { org, fleet, rollout: newUid(), templateVersion, plan };
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
