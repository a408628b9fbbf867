import { createHash } from 'node:crypto';

/** Whose contents: no value is ever served to another template version. */
export interface CacheScope {
  readonly org: string;
  /** Uid of the fleet: names can be used again. */
  readonly fleet: string;
  /** Uid of its template version. */
  readonly templateVersion: string;
}

/** A key, and what it is dropped with. */
export interface CacheKey {
  readonly scope: CacheScope;
  readonly name: string;
  /** Name of the repository, with whose other keys it is dropped; empty for secrets. */
  readonly repository: string;
}

/** `/` in a component is encoded, so no component can imitate another. What is no Unicode has no UTF-8, and is hashed. */
function encode(component: string): string {
  if (component.isWellFormed()) return encodeURIComponent(component);
  return `@${createHash('sha256').update(component, 'utf16le').digest('hex')}`;
}

function nameOf({ org, fleet, templateVersion }: CacheScope, ...rest: readonly string[]): string {
  return ['v1', org, fleet, templateVersion, ...rest].map(encode).join('/');
}

/** The keys of Flight Control's cache, with the same components. */
export const cacheKeys = {
  repositoryUrl: (scope: CacheScope, repository: string): CacheKey => ({
    ...{ scope, repository },
    name: nameOf(scope, 'repo-url', repository),
  }),
  gitRevision: (scope: CacheScope, repository: string, targetRevision: string): CacheKey => ({
    ...{ scope, repository },
    name: nameOf(scope, 'git-hash', repository, targetRevision),
  }),
  gitContents: (
    scope: CacheScope,
    { repository, targetRevision, path }: Record<'repository' | 'targetRevision' | 'path', string>,
  ): CacheKey => ({
    ...{ scope, repository },
    name: nameOf(scope, 'git-data', repository, targetRevision, path),
  }),
  secret: (scope: CacheScope, namespace: string, name: string): CacheKey => ({
    ...{ scope, repository: '' },
    name: nameOf(scope, 'k8ssecret-data', namespace, name),
  }),
  /** @param url with the reference's suffix */
  httpBody: (scope: CacheScope, repository: string, url: string): CacheKey => ({
    ...{ scope, repository },
    name: nameOf(scope, 'http-data', createHash('md5').update(url).digest('hex')),
  }),
};

/** Where the keys of a template version are listed. `@` is in no encoded component. */
export function listOf(scope: CacheScope): string {
  return `${nameOf(scope)}@keys`;
}

/** Held by who fetches what the key is to have. */
export function leaseOf({ name }: CacheKey): string {
  return `${name}@lease`;
}
