import type { EventDefinition } from '@skein/events';

/** The names of subjects and of what events name, by uid; a uid without a name stands for itself. */
export type NameOf = (uid: string) => string;

/** What a person is told of an event. */
export interface Told {
  /** One word, for programs. */
  readonly reason: string;
  /** Goes on where kind and name of what it is about end: `was created`. */
  readonly message: string;
  /** As the reference has them for this reason. */
  readonly details?: object;
  /** What it is about, when that is not the event's subject. */
  readonly about?: Reference;
}

export interface Reference {
  readonly kind: string;
  readonly uid: string;
}

export interface Scene {
  readonly name: NameOf;
  /** How many members the event has. */
  readonly count: number;
}

export interface MemberScene<Member> extends Scene {
  /** What the event before of the same matter said about the device. */
  readonly before?: { readonly type: string; readonly member: Member };
}

/** Several events speak of one matter of a device, and what one says shows what changed only beside the one before it. */
export type Matter = 'owner' | 'document';

type MemberOf<Data> = Data extends { readonly members: readonly (infer Member)[] } ? Member : never;

/** How it is told from where somebody stands. */
interface View<Tell> {
  /** Every reason that it can be told with; those that warn are in `reasons.ts`. */
  readonly reasons: readonly string[];
  readonly tell: Tell;
}

/** As one entry. Of a batch event's members it has the first one only. */
export type Tell<Data> = (data: Data, scene: Scene) => Told;

type TellDevice<Data> = (
  member: MemberOf<Data>,
  data: Data,
  scene: MemberScene<MemberOf<Data>>,
) => Told;

export interface How<Data> extends View<Tell<Data>> {
  /** In the history of the fleet that it names, when the one entry is about something else. */
  readonly fleet?: View<Tell<Data>>;
  /** In the history of a device that is one of its members. */
  readonly device?: View<TellDevice<Data>> & { readonly matter?: Matter };
}

/** How events of one type are told. */
export interface Telling extends How<{ readonly members: readonly object[] }> {
  readonly definition: EventDefinition;
}

export function telling<Data>(definition: EventDefinition<Data>, how: How<Data>): Telling {
  return { definition, ...how } as unknown as Telling;
}

/** ` (and 4 devices more)`, or nothing. */
export const andMore = (count: number): string =>
  count > 1 ? ` (and ${devices(count - 1)} more)` : '';

export const devices = (count: number): string => (count === 1 ? '1 device' : `${count} devices`);
