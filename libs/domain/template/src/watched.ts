import { hasParameters } from './language/expand.js';
import type { RepositoryReference } from './references.js';

/** What is looked at to see whether a reference has other contents; `repository`: its HEAD, or its URL as access is checked. */
export type Watched =
  | { readonly type: 'git'; readonly targetRevision: string }
  | { readonly type: 'http'; readonly suffix: string }
  | { readonly type: 'repository' };

const ITSELF: Watched = { type: 'repository' };

/** Bytes; it is part of a key in PostgreSQL, which also takes no zero character. */
const LONGEST_TEXT = 1_000;

function isWatchable(text: string): boolean {
  const storable = text.isWellFormed() && !text.includes('\0');
  return storable && !hasParameters(text) && Buffer.byteLength(text) <= LONGEST_TEXT;
}

/** Where what is fetched depends on the device, the repository itself stands for all that devices ask for. */
export function watchedOf(reference: RepositoryReference): Watched {
  if (reference.type === 'git') {
    const { targetRevision } = reference;
    return isWatchable(targetRevision) ? { type: 'git', targetRevision } : ITSELF;
  }
  const { suffix = '' } = reference;
  return isWatchable(suffix) ? { type: 'http', suffix } : ITSELF;
}

/** One text for it, which tells it apart within its repository: `git main`. */
export function watchedText(watched: Watched): string {
  if (watched.type === 'repository') return watched.type;
  return `${watched.type} ${watched.type === 'git' ? watched.targetRevision : watched.suffix}`;
}

/** What the text of {@link watchedText} stands for. */
export function watchedFrom(text: string): Watched {
  const rest = text.slice(text.indexOf(' ') + 1);
  if (text.startsWith('git ')) return { type: 'git', targetRevision: rest };
  return text.startsWith('http ') ? { type: 'http', suffix: rest } : ITSELF;
}
