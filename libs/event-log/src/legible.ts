const LONGEST = 4_000;

/** A reason as PostgreSQL can keep it: whatever a failing handler says, writing it down must not fail. */
export function legible(reason: string): string {
  return reason.slice(0, LONGEST).replaceAll('\0', '\uFFFD').toWellFormed();
}
