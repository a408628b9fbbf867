import type { DescribedRepository } from './repository-access.js';
import type { RepositoryAccess, SourceRequest } from './source.js';

/** What is looked at to see whether a reference has other contents. `repository`: its HEAD, or its URL as access is checked. */
export type Watched =
  | { readonly type: 'git'; readonly targetRevision: string }
  | { readonly type: 'http'; readonly suffix: string }
  | { readonly type: 'repository' };

/** What to probe for it; undefined when the repository is of another type than the reference. */
export function watchedRequest(
  watched: Watched,
  repository: RepositoryAccess,
  spec: DescribedRepository['spec'],
): SourceRequest | undefined {
  if (watched.type !== 'repository' && watched.type !== repository.type) return undefined;
  if (repository.type === 'git') {
    const targetRevision = watched.type === 'git' ? watched.targetRevision : '';
    return { type: 'git', repository, targetRevision, path: '' };
  }
  const { validationSuffix } = spec;
  const own = typeof validationSuffix === 'string' ? validationSuffix : '';
  return { type: 'http', repository, suffix: watched.type === 'http' ? watched.suffix : own };
}
