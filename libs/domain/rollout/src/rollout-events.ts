import {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  devicesTimedOut,
  MAX_MEMBERS,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
  type JsonObject,
  type NewEvent,
  type Origin,
  type RolloutCounts,
  type RolloutPlan,
  type RolloutSuperseded,
} from '@skein/events';
import { devicesOf, selectedOf, type Outcomes } from './outcomes.js';
import type { Plan } from './plan.js';

/** The rollout that an event speaks of, and what caused it. */
export interface Subject {
  readonly org: string;
  readonly rollout: string;
  readonly fleet: string;
  readonly templateVersion: string;
  readonly origin?: Origin;
}

/** A batch and what became of its devices. */
export interface BatchResult {
  readonly batch: number;
  readonly threshold: number;
  readonly outcomes: Outcomes;
}

/** Half of what an event may hold. */
const MAX_PLAN_BYTES = 32 * 1024;

function about({ org, rollout, fleet, templateVersion, origin }: Subject) {
  return { org, subject: rollout, data: { fleet, templateVersion }, ...(origin && { origin }) };
}

function countsOf(outcomes: Outcomes): RolloutCounts {
  const { updated, failed } = outcomes;
  return { devices: devicesOf(outcomes), updated, failed };
}

function told({ batches, updateTimeoutMs, budget, errorThreshold }: Plan): RolloutPlan | undefined {
  const plan = {
    batches: batches.map(({ definition, threshold, approval }) => ({
      ...(definition.selector && { selector: definition.selector as JsonObject }),
      ...(definition.limit !== undefined && { limit: definition.limit }),
      threshold,
      ...(approval === 'Manual' && { approval }),
    })),
    updateTimeoutSeconds: updateTimeoutMs / 1_000,
    disruptionBudget: budget as JsonObject | null,
    errorThreshold,
  };
  return JSON.stringify(plan).length > MAX_PLAN_BYTES ? undefined : plan;
}

export function started(subject: Subject, plan: Plan): NewEvent {
  const event = about(subject);
  const shown = told(plan);
  const data = { ...event.data, strategy: plan.strategy, ...(shown && { plan: shown }) };
  return { ...event, definition: rolloutStarted, data };
}

export function superseded(subject: Subject, reason: RolloutSuperseded['reason']): NewEvent {
  const event = about(subject);
  return { ...event, definition: rolloutSuperseded, data: { ...event.data, reason } };
}

export function dispatched(subject: Subject, batch: number): NewEvent {
  const event = about(subject);
  return { ...event, definition: batchDispatched, data: { ...event.data, batch } };
}

export function batchEnded(
  subject: Subject,
  { batch, threshold, outcomes }: BatchResult,
): NewEvent {
  const event = about(subject);
  const data = { ...event.data, batch, ...countsOf(outcomes), threshold };
  return { ...event, definition: batchCompleted, data };
}

/** A batch stands still: only a success that is still to come can reach its threshold. */
export function stoodStill(
  subject: Subject,
  { batch, threshold, outcomes }: BatchResult,
): NewEvent {
  const event = about(subject);
  const { devices, failed, updated } = countsOf(outcomes);
  const data = {
    ...event.data,
    reason: 'SuccessThreshold',
    message: `batch ${batch}: ${failed} of ${devices} devices failed, and ${threshold} % must be updated`,
    batch,
    ...{ devices, updated, failed, threshold },
  };
  return { ...event, definition: rolloutWaiting, data };
}

/** A batch waits for a person, who has to approve it. */
export function awaitedApproval(
  subject: Subject,
  { batch, threshold }: Pick<BatchResult, 'batch' | 'threshold'>,
): NewEvent {
  const event = about(subject);
  const data = {
    ...event.data,
    reason: 'Approval',
    message: `batch ${batch} waits for approval`,
    batch,
    ...{ devices: 0, updated: 0, failed: 0, threshold },
  };
  return { ...event, definition: rolloutWaiting, data };
}

/** Somebody ended it: devices keep what they have. */
export function aborted(subject: Subject, outcomes: Outcomes, message: string): NewEvent {
  const event = about(subject);
  const { updated, failed } = outcomes;
  const data = {
    ...event.data,
    reason: 'Aborted',
    message,
    ...{ devices: selectedOf(outcomes), updated, failed },
  };
  return { ...event, definition: rolloutStopped, data };
}

export function stopped(
  subject: Subject,
  outcomes: Outcomes,
  errorThreshold: number | null,
): NewEvent {
  const event = about(subject);
  const { updated, failed } = outcomes;
  const devices = selectedOf(outcomes);
  const data = {
    ...event.data,
    reason: 'ErrorThreshold',
    message: `${failed} of ${devices} devices failed, more than ${errorThreshold} %`,
    ...{ devices, updated, failed },
  };
  return { ...event, definition: rolloutStopped, data };
}

export function completed(subject: Subject, outcomes: Outcomes): NewEvent {
  const event = about(subject);
  return { ...event, definition: rolloutCompleted, data: { ...event.data, ...countsOf(outcomes) } };
}

function inThousands<Item>(items: readonly Item[]): (readonly Item[])[] {
  const chunks = Math.ceil(items.length / MAX_MEMBERS);
  return Array.from({ length: chunks }, (_, chunk) =>
    items.slice(chunk * MAX_MEMBERS, (chunk + 1) * MAX_MEMBERS),
  );
}

/** One event for each thousand of the devices. */
export function selected(
  subject: Subject,
  batch: number | null,
  devices: readonly string[],
): NewEvent[] {
  const event = about(subject);
  return inThousands(devices).map((chunk) => {
    const members = chunk.map((device) => ({ device }));
    return { ...event, definition: devicesSelected, data: { ...event.data, batch, members } };
  });
}

/** One event for each thousand of the devices that took too long. */
export function timedOut(
  subject: Subject,
  timeoutMs: number,
  devices: readonly { readonly device: string; readonly batch: number | null }[],
): NewEvent[] {
  const event = about(subject);
  return inThousands(devices).map((members) => {
    const data = { ...event.data, timeoutSeconds: timeoutMs / 1_000, members };
    return { ...event, definition: devicesTimedOut, data };
  });
}
