import { API_VERSION, type Event } from '@skein/api';
import { readData, readMember, type EventData } from './event-data.js';
import type { EventRecord } from './event-records.js';
import type { Named } from './named.js';
import { resourceKind } from './tell/kinds.js';
import { typeOf, UNREADABLE } from './tell/reasons.js';
import { tellings } from './tell/registry.js';
import type { MemberScene, Reference, Told } from './tell/telling.js';

/** An event that is shown in a list, or in the history of one of those that it concerns. */
export interface Shown {
  readonly record: EventRecord;
  /** Whose history it is in. */
  readonly viewer?: Named;
  /** The event before of the same matter. */
  readonly before?: EventRecord;
}

/** An entry whose names are not known yet. */
export interface Entry {
  readonly record: EventRecord;
  /** Its name: an event that is shown as several has another one in each history. */
  readonly id: string;
  readonly about: Reference;
  /** Uids that it names. */
  readonly uids: readonly string[];
  tell(names: ReadonlyMap<string, Named>): Told;
}

type Member = { readonly [key: string]: unknown };

const unreadable: Told = {
  reason: UNREADABLE,
  message: 'has an event whose data cannot be read',
};

/** Those that a person would rather read by name. */
function uidsIn({ data }: EventData): string[] {
  const [member] = data.members as readonly Member[];
  const values = [data['fleet'], data['templateVersion'], data['subject']];
  return [...values, member?.['device'], member?.['owner']].filter(
    (value) => typeof value === 'string',
  );
}

/** The log has what anybody put there: one event that cannot be told must not hide the others. */
function safely<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function safelyTold(tell: () => Told): Told {
  const told = safely(tell) ?? unreadable;
  return told.about && typeof told.about.uid !== 'string' ? unreadable : told;
}

const sceneOf = (names: ReadonlyMap<string, Named>, count: number) => ({
  name: (uid: string) => names.get(uid)?.name ?? uid,
  count,
});

function asDevice({ record, viewer, before }: Shown): Entry | undefined {
  const { device } = tellings.get(record.type)!;
  if (!device || viewer?.kind !== 'Device') return undefined;
  const { uid } = viewer;
  const read = safely(() => readMember(record.text, uid));
  if (!read) return undefined;
  const earlier = before && safely(() => readMember(before.text, uid));
  const tell = (names: ReadonlyMap<string, Named>): Told => {
    const scene: MemberScene<never> = {
      ...sceneOf(names, read.count),
      ...(earlier && {
        before: { type: before.type, member: earlier.data.members[0] as never },
      }),
    };
    return safelyTold(() => device.tell(read.data.members[0] as never, read.data, scene));
  };
  return {
    record,
    id: `${record.id}.${uid}`,
    about: { kind: 'Device', uid },
    uids: [uid, ...uidsIn(read), ...(earlier ? uidsIn(earlier) : [])],
    tell,
  };
}

const nothing: EventData = { data: { members: [] }, count: 0 };

function asOne({ record, viewer }: Shown): Entry | undefined {
  const { tell, fleet } = tellings.get(record.type)!;
  const { data, count } = safely(() => readData(record.text)) ?? nothing;
  const told = (names: ReadonlyMap<string, Named>, say = tell): Told =>
    safelyTold(() => say(data, sceneOf(names, count)));
  const { about = { kind: record.kind, uid: record.subject } } = told(new Map());
  const uids = [about.uid, ...uidsIn({ data, count })];
  if (!viewer || viewer.uid === about.uid) {
    return { record, id: record.id, about, uids, tell: told };
  }
  if (!fleet || viewer.kind !== 'Fleet') return undefined;
  return {
    record,
    id: `${record.id}.${viewer.uid}`,
    about: viewer,
    uids: [viewer.uid, ...uids],
    tell: (names) => told(names, fleet.tell),
  };
}

/** What is shown of an event there; undefined when nothing is. */
export function entryOf(shown: Shown): Entry | undefined {
  return asDevice(shown) ?? asOne(shown);
}

/** The entry as the API answers it. */
export function present(entry: Entry, names: ReadonlyMap<string, Named>): Event {
  const { record, id, about } = entry;
  const { reason, message, details } = entry.tell(names);
  const named = names.get(about.uid);
  const kind = named?.kind ?? resourceKind(about.kind);
  const name = named?.name ?? about.uid;
  return {
    apiVersion: API_VERSION,
    kind: 'Event',
    metadata: { name: id, creationTimestamp: record.time.toISOString() },
    involvedObject: { kind, name },
    reason,
    message: `${kind} ${name} ${message}`,
    type: typeOf(reason),
    source: { component: record.service },
    actor: record.actor,
    ...(details && { details }),
  };
}
