import type { RepositoryAccessChecked } from '@skein/events';

/** What was seen of one reference at the last check that said something of it. */
export interface SeenReference {
  /** As `watchedText` has it. */
  readonly reference: string;
  /** Null: not seen yet. */
  readonly revision: string | null;
  /** What makes the next probe cheaper. */
  readonly validators: string | null;
  /** Why the last probe failed for good; null: it did not. */
  readonly failure: string | null;
}

/** What one probe gave. */
export type Outcome =
  | { readonly revision: string; readonly validators: string | null }
  | { readonly code: string; readonly message: string; readonly retryable: boolean };

export interface Found {
  readonly reference: string;
  readonly outcome: Outcome;
}

export interface CheckVerdict {
  /** Undefined: as it was. */
  readonly access?: RepositoryAccessChecked;
  /** What is to be kept, of the references that differ from what was kept. */
  readonly seen: readonly SeenReference[];
  /** Of those seen before, what has other contents now. */
  readonly changes: readonly { readonly reference: string; readonly revision: string }[];
  /** References whose users must look again. */
  readonly woken: readonly string[];
}

/** `not-found` → `NotFound` */
function wordOf(code: string): string {
  return code.replace(/(?:^|-)(.)/g, (_match, letter: string) => letter.toUpperCase());
}

export function accessOf(outcome: Outcome): RepositoryAccessChecked {
  if ('revision' in outcome) {
    return { accessible: true, reason: 'Accessible', message: 'The repository can be read.' };
  }
  return { accessible: false, reason: wordOf(outcome.code), message: outcome.message };
}

function differs(one: RepositoryAccessChecked | null, other: RepositoryAccessChecked): boolean {
  return (
    one?.accessible !== other.accessible ||
    one.reason !== other.reason ||
    one.message !== other.message
  );
}

/** Undefined: nothing new. Who does not answer now is asked again, and was told of by its access. */
function next(before: SeenReference, outcome: Outcome): SeenReference | undefined {
  if ('revision' in outcome) return { ...before, ...outcome, failure: null };
  return outcome.retryable ? undefined : { ...before, failure: outcome.code };
}

function isOther(one: SeenReference, other: SeenReference): boolean {
  return (
    one.revision !== other.revision ||
    one.validators !== other.validators ||
    one.failure !== other.failure
  );
}

/**
 * Its users must look again when it is there and has other contents, or was not there before. So must they at its
 * first sight: nobody knows whether they fetched it before or after a change.
 */
function wakes(before: SeenReference, now: SeenReference): boolean {
  if (now.failure !== null || now.revision === null) return false;
  return before.failure !== null || before.revision !== now.revision;
}

/** What follows from a check, from what was known before it. */
export function decideCheck(
  last: RepositoryAccessChecked | null,
  kept: readonly SeenReference[],
  check: { readonly access: Outcome; readonly found: readonly Found[] },
): CheckVerdict {
  const access = accessOf(check.access);
  const pairs = check.found.flatMap(({ reference, outcome }) => {
    const before = kept.find((one) => one.reference === reference);
    const now = before && next(before, outcome);
    return before && now && isOther(before, now) ? [{ before, now }] : [];
  });
  const woken = pairs.filter(({ before, now }) => wakes(before, now));
  return {
    ...(differs(last, access) && { access }),
    seen: pairs.map(({ now }) => now),
    changes: pairs
      .filter(({ before, now }) => before.revision !== null && before.revision !== now.revision)
      .map(({ now }) => ({ reference: now.reference, revision: now.revision! })),
    woken: woken.map(({ now }) => now.reference),
  };
}
