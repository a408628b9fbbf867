import type { Delivered } from '@skein/events';
import { membersOf } from './members.js';

interface Run {
  readonly type: string;
  readonly events: Delivered[];
}

/** How events and their members name what they are about, beside the subject. */
const NAMES = ['device', 'fleet', 'templateVersion'] as const;

/** What an event says something about: its subject, and what its data and its members name. */
function* thingsOf(delivered: Delivered): Generator<string> {
  const { subject, data } = delivered.event;
  yield subject;
  for (const said of [data, ...membersOf(delivered)]) {
    const named = (said ?? {}) as Partial<Record<(typeof NAMES)[number], unknown>>;
    for (const name of NAMES) if (typeof named[name] === 'string') yield named[name];
  }
}

/**
 * Splits a batch into runs of events of one type, as few as there can be if each event joins the first run that it may: what
 * is said about one thing stays in order, and only events about different things change places.
 */
export function runsOf(events: readonly Delivered[]): Delivered[][] {
  const only = events[0]?.event.type;
  // As nearly always when a service keeps up.
  if (only && events.every(({ event }) => event.type === only)) return [[...events]];
  const runs: Run[] = [];
  /** The last run that has something about a thing. */
  const lastOf = new Map<string, number>();
  for (const delivered of events) {
    const { type } = delivered.event;
    const things = [...thingsOf(delivered)];
    const from = things.reduce((last, thing) => Math.max(last, lastOf.get(thing) ?? 0), 0);
    let at = runs.findIndex((run, index) => index >= from && run.type === type);
    if (at < 0) at = runs.push({ type, events: [] }) - 1;
    runs[at]!.events.push(delivered);
    for (const thing of things) lastOf.set(thing, at);
  }
  return runs.map((run) => run.events);
}
