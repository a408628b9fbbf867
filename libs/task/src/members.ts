import type { Delivered } from '@skein/events';

/** More members that fail than this are no exceptions: then the event fails as a whole. */
const MOST_CULPRITS = 20;

/** What a batch event is about, one by one; none for other events. */
export function membersOf({ event }: Delivered): readonly unknown[] {
  const { members } = (event.data ?? {}) as { readonly members?: unknown };
  return Array.isArray(members) ? members : [];
}

/** The event as if it were about these members only. */
export function withMembers(delivered: Delivered, members: readonly unknown[]): Delivered {
  const { event } = delivered;
  const data = { ...(event.data as object), members };
  return { ...delivered, event: { ...event, data } };
}

/** What a person knows a member by. */
export function nameOf(members: readonly unknown[], at: number): string {
  const { device } = (members[at] ?? {}) as { readonly device?: unknown };
  return typeof device === 'string' ? `device ${device}` : `member ${at}`;
}

/**
 * The places whose members fail, with their errors, found by halving. Undefined when it is not
 * up to some members: too many fail, or none does alone.
 * @param attempt what goes wrong with the members at these places; nothing of it may remain
 */
export async function culprits(
  count: number,
  attempt: (places: readonly number[]) => Promise<Error | undefined>,
): Promise<ReadonlyMap<number, Error> | undefined> {
  const failed = new Map<number, Error>();
  const left = halves(Array.from({ length: count }, (_, at) => at));
  while (left.length > 0 && failed.size <= MOST_CULPRITS) {
    const places = left.pop()!;
    const error = await attempt(places);
    if (!error) continue;
    if (places.length === 1) failed.set(places[0]!, error);
    else left.push(...halves(places));
  }
  const some = failed.size > 0 && failed.size <= MOST_CULPRITS && failed.size < count;
  return some ? failed : undefined;
}

/** The second first: what is taken from the end comes in order. */
function halves(places: readonly number[]): (readonly number[])[] {
  const middle = Math.ceil(places.length / 2);
  return [places.slice(middle), places.slice(0, middle)].filter((half) => half.length > 0);
}
