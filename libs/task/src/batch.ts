import type { Delivered, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';

/** What a want is about; `contents` is a device whose own spec refers to something outside. */
export type WantKind = 'device' | 'contents' | 'fleet' | 'repository' | 'rollout';

/** Something that an event made worth deciding: decided from state, once a batch, however many events wanted it. */
export interface Want {
  readonly kind: WantKind;
  readonly org: string;
  readonly uid: string;
  /** The event types that asked for it in this batch; `sweep` for the sweep, `timer` for a timer. */
  readonly causes: ReadonlySet<string>;
  /** Handed on to the events that the decision makes. */
  readonly origin: Origin;
}

/** The origin of what an event causes. */
export function originOf({ event }: Delivered): Origin {
  return {
    causationid: event.id,
    correlationid: event.correlationid ?? event.id,
    ...(event.traceparent && { traceparent: event.traceparent }),
    ...(event.actor && { actor: event.actor }),
    ...(event.requestid && { requestid: event.requestid }),
  };
}

/** The context of every handler: one batch, one transaction. */
export class Batch {
  private readonly wanted = new Map<string, Want>();

  constructor(readonly transaction: Transaction) {}

  /** Asks for a decision about the subject of each event. */
  want(kind: WantKind, events: readonly Delivered[]): void {
    for (const delivered of events) this.wantEach(kind, delivered, [delivered.event.subject]);
  }

  /** Asks for a decision about each of the things that one event names. */
  wantEach(kind: WantKind, delivered: Delivered, uids: Iterable<string>): void {
    const { org, type } = delivered.event;
    for (const uid of uids) this.add({ kind, org, uid, origin: originOf(delivered) }, type);
  }

  /** Asks for a decision that no event asked for: a sweep found it missing. */
  wantMissed(kind: WantKind, missed: readonly { org: string; uid: string }[]): void {
    for (const { org, uid } of missed) this.add({ kind, org, uid, origin: {} }, 'sweep');
  }

  /** Asks for a decision whose time has come. */
  wantDue({ kind, org, uid, origin }: Omit<Want, 'causes'>): void {
    this.add({ kind, org, uid, origin }, 'timer');
  }

  get size(): number {
    return this.wanted.size;
  }

  get isEmpty(): boolean {
    return this.wanted.size === 0;
  }

  wants(kind: WantKind): Want[] {
    return [...this.wanted.values()].filter((want) => want.kind === kind);
  }

  private add(want: Omit<Want, 'causes'>, cause: string): void {
    const key = `${want.kind}/${want.org}/${want.uid}`;
    const causes = new Set(this.wanted.get(key)?.causes).add(cause);
    this.wanted.set(key, { ...want, causes });
  }
}
