import type { Delivered } from '@skein/events';
import { membersOf } from './members.js';

interface Run {
  readonly type: string;
  readonly events: Delivered[];
}

/** What an event says something about: its subject, and the devices among its members. */
function* thingsOf(delivered: Delivered): Generator<string> {
  yield delivered.event.subject;
  for (const member of membersOf(delivered)) {
    const { device } = member as { readonly device?: unknown };
    if (typeof device === 'string') yield device;
  }
}

/**
 * Splits a batch into runs of events of one type, as few as there can be if each event joins the first run that it may: what
 * is said about one thing stays in order, and only events about different things change places.
 */
export function runsOf(events: readonly Delivered[]): Delivered[][] {
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
