import { Inject, Injectable } from '@nestjs/common';
import { repositoriesOf, type DeviceSpec } from '@skein/domain-resource';
import {
  decideValidation,
  externalReferences,
  templateProblems,
  type Attempt,
  type Verdict,
} from '@skein/domain-validation';
import { isOfRepository } from '@skein/domain-template';
import { EventLog } from '@skein/event-log';
import { fleetValidated, newUid, templateVersionCreated, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { checkItems, freezeItems } from '@skein/sources';
import { originOfWant, waitForOutsideMs, waitForTurn, Wants, type ClaimedWant } from '@skein/task';
import { dependentStates } from './dependent-states.js';
import { FREEZING, type Freezing } from './freezing.js';
import { ValidationConfig } from './validation.config.js';
import { ValidationView, type PendingFleet } from './validation.view.js';

function specOf({ template }: PendingFleet): DeviceSpec {
  return template.spec ?? {};
}

/** Validates one fleet's template: fetches first, decides and writes last. */
@Injectable()
export class FleetValidator {
  private readonly wants = new Wants('validation');

  constructor(
    private readonly view: ValidationView,
    private readonly log: EventLog,
    @Inject(FREEZING) private readonly freezing: Freezing,
    private readonly config: ValidationConfig,
  ) {}

  async validate(want: ClaimedWant, signal: AbortSignal): Promise<void> {
    const fleet = await this.view.pending(this.log.postgres, want.org, want.uid);
    if (!fleet) return this.wants.done(this.log.postgres, [want]);
    const attempt = await this.freeze(fleet, signal);
    await this.log.commit(async (transaction) => ({
      events: await this.conclude(transaction, want, { fleet, attempt }),
      result: () => undefined,
    }));
  }

  private async freeze(fleet: PendingFleet, signal: AbortSignal): Promise<Attempt> {
    const { org } = fleet;
    const spec = specOf(fleet);
    const names = repositoriesOf(spec);
    const repositories = await this.view.repositories.named(this.log.postgres, org, names);
    const { same, dependent } = externalReferences(spec);
    const context = { ...this.freezing, org, repositories, signal };
    const [attempt, seen] = await Promise.all([
      freezeItems(same, context),
      dependentStates(dependent.filter(isOfRepository), context),
    ]);
    const unfit = checkItems(dependent, repositories);
    const waits = [attempt, seen].filter(({ waiting }) => waiting.length > 0);
    return {
      frozen: attempt.frozen,
      problems: [...attempt.problems, ...unfit, ...seen.problems],
      waiting: [...attempt.waiting, ...seen.waiting],
      busy: waits.length > 0 && waits.every(({ busy }) => busy),
      repositories: seen.states,
    };
  }

  /** Drops what was found out if the fleet is another one by now: its newer want is due. */
  private async conclude(
    transaction: Transaction,
    want: ClaimedWant,
    { fleet, attempt }: { fleet: PendingFleet; attempt: Attempt },
  ): Promise<NewEvent[]> {
    const current = await this.view.lockPending(transaction, fleet);
    if (current?.dueNumber !== fleet.dueNumber) {
      await this.wants.done(transaction, [want]);
      return [];
    }
    const names = await this.view.versionNames(transaction, fleet);
    const spec = specOf(fleet);
    const state = { ...current, spec, names };
    const verdict = decideValidation(state, templateProblems(spec), attempt);
    await this.settle(transaction, want, { verdict, attempt });
    return this.save(transaction, fleet, { verdict, want });
  }

  private async settle(
    transaction: Transaction,
    want: ClaimedWant,
    { verdict: { result }, attempt }: { verdict: Verdict; attempt: Attempt },
  ) {
    if (result.reason !== 'Waiting') return this.wants.done(transaction, [want]);
    const wait = attempt.busy
      ? waitForTurn()
      : { delayMs: waitForOutsideMs(want, this.config.retryBaseMs) };
    await this.wants.postpone(transaction, want, { ...wait, reason: result.message });
  }

  private async save(
    transaction: Transaction,
    fleet: PendingFleet,
    { verdict, want }: { verdict: Verdict; want: ClaimedWant },
  ): Promise<NewEvent[]> {
    const { result, changed, version } = verdict;
    const origin = originOfWant(want);
    const { org } = fleet;
    const events: NewEvent[] = [];
    if (version) {
      const uid = newUid();
      await this.view.saveVersion(transaction, fleet, { ...version, uid });
      const { name, frozen } = version;
      const { generation, fleet: owner } = fleet;
      const data = { name, fleet: owner, generation, spec: specOf(fleet), frozen };
      events.push({ definition: templateVersionCreated, org, subject: uid, data, origin });
    }
    const decided = result.reason !== 'Waiting';
    await this.view.saveResult(transaction, fleet, { result, decided });
    if (changed) {
      events.push({ definition: fleetValidated, org, subject: fleet.fleet, data: result, origin });
    }
    return events;
  }
}
