import { hasParameters } from './language/expand.js';
import type { ExternalReference } from './references.js';

/** What is looked at to see whether a reference has other contents; `repository`: its HEAD, or its URL as access is checked. */
export type Watched =
  | { readonly type: 'git'; readonly targetRevision: string }
  | { readonly type: 'http'; readonly suffix: string }
  | { readonly type: 'repository' };

const ITSELF: Watched = { type: 'repository' };

/** Where what is fetched depends on the device, the repository itself stands for all that devices ask for. */
export function watchedOf(reference: ExternalReference): Watched {
  if (reference.type === 'git') {
    const { targetRevision } = reference;
    return hasParameters(targetRevision) ? ITSELF : { type: 'git', targetRevision };
  }
  const { suffix = '' } = reference;
  return hasParameters(suffix) ? ITSELF : { type: 'http', suffix };
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
