import type { Origin } from '@skein/events';
import { currentTraceparent } from '@skein/telemetry';
import { backoffMs } from './backoff.js';
import type { ClaimedWant } from './wants.js';

/** Somebody who was away may be back: asked at least every five minutes. */
const LONGEST_WAIT_MS = 300_000;

/** Milliseconds until somebody comes back who found others before him at the same repository; ± 25 %. */
const TURN_MS = 2_000;

/** The origin of the events that a want's work makes; they belong to the trace of the work. */
export function originOfWant({ origin }: ClaimedWant): Origin {
  const traceparent = currentTraceparent();
  return traceparent ? { ...origin, traceparent } : origin;
}

/** Milliseconds until somebody outside, who does not answer now, is asked again. */
export function waitForOutsideMs({ attempts }: ClaimedWant, baseMs: number): number {
  return Math.min(backoffMs(attempts + 1, { baseMs, random: Math.random() }), LONGEST_WAIT_MS);
}

/** How a want waits that came too late for its turn: always the same short time, and as if it had not been tried. */
export function waitForTurn(): { delayMs: number; attempted: false } {
  return { delayMs: TURN_MS * (0.75 + Math.random() * 0.5), attempted: false };
}
