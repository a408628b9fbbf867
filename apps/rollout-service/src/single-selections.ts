import { Injectable } from '@nestjs/common';
import { decideTarget, selected, type Target } from '@skein/domain-rollout';
import type { NewEvent, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import type { ConcernedFleet } from './fleet-locks.js';
import { HeldDevices } from './held-devices.js';
import { Targets, type KnownDevice, type Retargeted } from './targets.js';

interface Chosen extends Retargeted {
  readonly target: Target;
  readonly isHeld: boolean;
}

function retargeted(known: KnownDevice): (Retargeted & Pick<KnownDevice, 'isHeld'>)[] {
  const { org, device, isHeld } = known;
  const decision = decideTarget(known, known.rollout);
  if (decision.kind === 'keep') return [];
  return [{ org, device, isHeld, target: decision.kind === 'select' ? decision.target : null }];
}

function eventsOf(devices: readonly Chosen[], origin: Origin | undefined): NewEvent[] {
  const { org, target } = devices[0]!;
  const { rollout, fleet, templateVersion, batch } = target;
  const subject = { org, rollout, fleet, templateVersion, ...(origin && { origin }) };
  return selected(
    subject,
    batch,
    devices.map(({ device }) => device),
  );
}

/** Selects devices that came, moved or were relabelled, one by one and not as a batch. */
@Injectable()
export class SingleSelections {
  constructor(
    private readonly targets: Targets,
    private readonly held: HeldDevices,
  ) {}

  async perform(
    transaction: Transaction,
    wants: readonly Want[],
    fleets: readonly ConcernedFleet[],
  ): Promise<NewEvent[]> {
    if (wants.length === 0) return [];
    const known = await this.targets.known(transaction, wants);
    await this.held.changed(transaction, fleets, wants);
    const devices = known.flatMap(retargeted);
    const chosen = devices.flatMap(({ target, ...key }) => (target ? [{ ...key, target }] : []));
    const [later, now] = [
      chosen.filter(({ isHeld }) => isHeld),
      chosen.filter(({ isHeld }) => !isHeld),
    ];
    await this.held.hold(transaction, later);
    await this.targets.retarget(transaction, [...devices.filter(({ target }) => !target), ...now]);
    const origins = new Map(wants.map(({ org, uid, origin }) => [`${org}/${uid}`, origin]));
    const groups = Map.groupBy(
      now,
      ({ org, target }) => `${org}/${target.rollout}/${target.batch}`,
    );
    return [...groups.values()].flatMap((group) => {
      const { org, device } = group[0]!;
      return eventsOf(group, origins.get(`${org}/${device}`));
    });
  }
}
