import { SourceError } from '../source-error.js';

/** A full object name, SHA-1 or SHA-256. */
export function isCommit(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(revision);
}

/** The rules of git-check-ref-format; also keeps patterns (`*`), revision arithmetic (`~`, `^`, `:`) and options away. */
const FORBIDDEN = /^[-/.@]|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/[/.]|\.lock(?:\/|$)|[/.]$/u;

/** The full refs that a revision may mean, in the order of preference. */
export function candidateRefs(revision: string): string[] {
  if (revision === '' || revision === 'HEAD') return ['HEAD'];
  if (FORBIDDEN.test(revision) || revision.length > 250) {
    throw new SourceError(
      'refused',
      `the revision ${JSON.stringify(revision.slice(0, 250))} is not a branch, tag or commit`,
    );
  }
  if (revision.startsWith('refs/')) return [revision];
  return [`refs/heads/${revision}`, `refs/tags/${revision}`];
}

/** Picks from the lines of `git ls-remote` the ref to fetch: its name and the object it stands for. */
export function pickRef(
  listing: string,
  candidates: readonly string[],
): { ref: string; object: string } | undefined {
  const objects = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [object, ref] = line.split('\t');
    if (object && ref) objects.set(ref, object);
  }
  const ref = candidates.find((candidate) => objects.has(candidate));
  return ref === undefined ? undefined : { ref, object: objects.get(ref) ?? '' };
}
