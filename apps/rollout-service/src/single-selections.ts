import { Injectable } from '@nestjs/common';
import { decideTarget, selected, type Target } from '@skein/domain-rollout';
import type { NewEvent, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import { Targets, type KnownDevice, type Retargeted } from './targets.js';

function retargeted(known: KnownDevice): Retargeted[] {
  const { org, device } = known;
  const decision = decideTarget(known, known.rollout);
  if (decision.kind === 'keep') return [];
  return [{ org, device, target: decision.kind === 'select' ? decision.target : null }];
}

function eventsOf(
  devices: readonly (Retargeted & { target: Target })[],
  origin: Origin | undefined,
): NewEvent[] {
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
  constructor(private readonly targets: Targets) {}

  async perform(transaction: Transaction, wants: readonly Want[]): Promise<NewEvent[]> {
    if (wants.length === 0) return [];
    const known = await this.targets.known(transaction, wants);
    const devices = known.flatMap(retargeted);
    await this.targets.retarget(transaction, devices);
    const origins = new Map(wants.map(({ org, uid, origin }) => [`${org}/${uid}`, origin]));
    const chosen = devices.flatMap(({ target, ...key }) => (target ? [{ ...key, target }] : []));
    const groups = Map.groupBy(
      chosen,
      ({ org, target }) => `${org}/${target.rollout}/${target.batch}`,
    );
    return [...groups.values()].flatMap((group) => {
      const { org, device } = group[0]!;
      return eventsOf(group, origins.get(`${org}/${device}`));
    });
  }
}
