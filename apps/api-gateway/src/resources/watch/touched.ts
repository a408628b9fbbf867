import {
  batchDispatched,
  deviceCreated,
  deviceDeleted,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  deviceTokenRevoked,
  fleetCreated,
  fleetDeleted,
  fleetValidated,
  handledLate,
  repositoryAccessChecked,
  repositoryCreated,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
  templateVersionCreated,
} from '@skein/events';
import { isUid } from '../events/named.js';

export type WatchedKind = 'Device' | 'Fleet' | 'Repository' | 'TemplateVersion' | 'Event';

/** Something that an event changed in what lists show. */
export interface Touched {
  readonly kind: WatchedKind;
  /** Of an event, its position. */
  readonly uid: string;
  /** It was made by this event. */
  readonly isNew?: boolean;
  /** The uid is that of a fleet, and all devices that it owns are meant. */
  readonly ofFleet?: boolean;
  /** The agent on the device has something to fetch, or nothing any more. */
  readonly forAgent?: boolean;
}

/** What is needed of an event to know that. */
export interface Said {
  readonly type: string;
  readonly kind: string;
  readonly subject: string;
  /** JSON; null for types that {@link needsData} leaves out. */
  readonly data: string | null;
}

type Data = { readonly [key: string]: unknown };
type Touch = (subject: string, data: Data) => readonly Touched[];

const typeOf = ({ type }: { readonly type: string }): string => type;

const own = new Set(['Device', 'Fleet', 'Repository']);
const creations = new Set([deviceCreated, fleetCreated, repositoryCreated].map(typeOf));

const toldToAgents = new Set([devicesRendered, deviceDeleted, deviceTokenRevoked].map(typeOf));

const members =
  (forAgent: boolean): Touch =>
  (_subject, data) => {
    const all = Array.isArray(data['members']) ? (data['members'] as Data[]) : [];
    return all.map((member) => ({ kind: 'Device', uid: String(member?.['device']), forAgent }));
  };
const itsFleet: Touch = (_subject, { fleet }) => [{ kind: 'Fleet', uid: String(fleet) }];
const subjectAs =
  (kind: WatchedKind): Touch =>
  (uid) => [{ kind, uid }];

/** Whether a device is up to date also depends on the newest template version of its fleet. */
const minted: Touch = (subject, { fleet }) => [
  { kind: 'TemplateVersion', uid: subject, isNew: true },
  { kind: 'Fleet', uid: String(fleet) },
  { kind: 'Device', uid: String(fleet), ofFleet: true },
];

const heard: ReadonlyMap<string, Touch> = new Map([
  ...[devicesMatched, devicesSelected, devicesRendered, devicesFailed].map(
    ({ type }) => [type, members(toldToAgents.has(type))] as const,
  ),
  ...[
    rolloutStarted,
    batchDispatched,
    rolloutWaiting,
    rolloutStopped,
    rolloutSuperseded,
    rolloutCompleted,
  ].map(({ type }) => [type, itsFleet] as const),
  [templateVersionCreated.type, minted],
  [fleetValidated.type, subjectAs('Fleet')],
  [repositoryAccessChecked.type, subjectAs('Repository')],
]);

/** What goes with a fleet: its template versions, and what its devices show of it. */
const gone = (uid: string): readonly Touched[] => [
  { kind: 'Fleet', uid },
  { kind: 'TemplateVersion', uid },
  { kind: 'Device', uid, ofFleet: true },
];

/** The types whose data say what they touch. */
export const needsData = [...heard.keys(), handledLate.type];

function parsed(text: string | null): Data {
  try {
    return (JSON.parse(text ?? '') ?? {}) as Data;
  } catch {
    return {};
  }
}

/** The number of the event that was handled late; undefined for every other type. */
export function lateNumber({ type, data }: Said): number | undefined {
  return type === handledLate.type ? Number(parsed(data)['number']) : undefined;
}

/** What an event changed; nothing for one that cannot be read, as it had no effect either. */
export function touchedBy({ type, kind, subject, data }: Said): readonly Touched[] {
  if (type === fleetDeleted.type) return gone(subject);
  if (own.has(kind)) {
    const [isNew, forAgent] = [creations.has(type), toldToAgents.has(type)];
    return [{ kind: kind as WatchedKind, uid: subject, isNew, forAgent }];
  }
  const touched = heard.get(type)?.(subject, parsed(data)) ?? [];
  return touched.filter(({ uid }) => isUid(uid));
}
