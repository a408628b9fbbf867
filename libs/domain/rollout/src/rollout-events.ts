import {
  batchDispatched,
  devicesSelected,
  MAX_MEMBERS,
  rolloutCompleted,
  rolloutStarted,
  rolloutSuperseded,
  type NewEvent,
  type Origin,
  type RolloutSuperseded,
} from '@skein/events';
import type { Strategy } from './plan.js';

/** The rollout that an event speaks of, and what caused it. */
export interface Subject {
  readonly org: string;
  readonly rollout: string;
  readonly fleet: string;
  readonly templateVersion: string;
  readonly origin?: Origin;
}

function about({ org, rollout, fleet, templateVersion, origin }: Subject) {
  return { org, subject: rollout, data: { fleet, templateVersion }, ...(origin && { origin }) };
}

export function started(subject: Subject, strategy: Strategy): NewEvent {
  const event = about(subject);
  return { ...event, definition: rolloutStarted, data: { ...event.data, strategy } };
}

export function superseded(subject: Subject, reason: RolloutSuperseded['reason']): NewEvent {
  const event = about(subject);
  return { ...event, definition: rolloutSuperseded, data: { ...event.data, reason } };
}

export function dispatched(subject: Subject, batch: number): NewEvent {
  const event = about(subject);
  return { ...event, definition: batchDispatched, data: { ...event.data, batch } };
}

export function completed(subject: Subject): NewEvent {
  return { ...about(subject), definition: rolloutCompleted };
}

/** One event for each thousand of the devices. */
export function selected(
  subject: Subject,
  batch: number | null,
  devices: readonly string[],
): NewEvent[] {
  const event = about(subject);
  const chunks = Math.ceil(devices.length / MAX_MEMBERS);
  return Array.from({ length: chunks }, (_, chunk) => {
    const taken = devices.slice(chunk * MAX_MEMBERS, (chunk + 1) * MAX_MEMBERS);
    const members = taken.map((device) => ({ device }));
    return { ...event, definition: devicesSelected, data: { ...event.data, batch, members } };
  });
}
