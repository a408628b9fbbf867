import type { DeviceSpec } from '@skein/domain-resource';
import { digestOf } from '@skein/domain-resource';
import type { FrozenContent } from '@skein/events';

/** Frozen contents by the name of their config item. */
export type Frozen = Readonly<Record<string, FrozenContent>>;

/** In which state repositories are that a template refers to with device parameters: by name, its spec and what was seen in it. */
export type RepositoryStates = Readonly<Record<string, string>>;

/**
 * Equal for templates that give every device the same document; a new commit with the same contents is equal. What
 * depends on the device is not fetched yet, so that a changed repository has to count as changed contents.
 */
export function contentDigest(
  spec: DeviceSpec,
  frozen: Frozen,
  repositories: RepositoryStates = {},
): string {
  const contents = Object.entries(frozen).map(([item, { digest }]) => [item, digest]);
  const dependent = Object.keys(repositories).length > 0;
  return digestOf({
    spec,
    frozen: Object.fromEntries(contents),
    ...(dependent && { repositories }),
  });
}

const shownDigits = 8;

/** `v<generation>`; with digits of the content's digest, and then a count, if that name is taken. */
export function versionName(
  generation: number,
  digest: string,
  taken: ReadonlySet<string>,
): string {
  const plain = `v${generation}`;
  if (!taken.has(plain)) return plain;
  const digits = digest.slice(digest.indexOf(':') + 1).slice(0, shownDigits);
  const told = `${plain}-${digits}`;
  let name = told;
  for (let count = 2; taken.has(name); count += 1) name = `${told}-${count}`;
  return name;
}
