import { watchedOf, watchedText, type RepositoryReference } from '@skein/domain-template';
import type { RepositoryStates } from '@skein/domain-validation';
import {
  accessTo,
  watchedRequest,
  type CredentialOpener,
  type ItemFailure,
  type Source,
} from '@skein/sources';
import type { KnownRepository } from '@skein/task';

interface Context {
  readonly repositories: ReadonlyMap<string, KnownRepository>;
  readonly source: Pick<Source, 'probe'>;
  readonly opener: CredentialOpener;
  readonly signal: AbortSignal;
}

export interface DependentStates {
  readonly states: RepositoryStates;
  /** What a person must mend. */
  readonly problems: readonly ItemFailure[];
  /** What a later try may mend. */
  readonly waiting: readonly ItemFailure[];
  /** All that wait only found others before them, so that nothing was tried. */
  readonly busy: boolean;
}

interface Failure {
  readonly item: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly busy: boolean;
}

type Seen =
  Failure | { readonly repository: string; readonly watched: string; readonly revision: string };

const isFailure = (seen: Seen | undefined): seen is Failure => seen !== undefined && 'item' in seen;

/** A server may have nothing to say at the address that others only follow. */
const NOTHING = '-';

async function see(reference: RepositoryReference, context: Context): Promise<Seen | undefined> {
  const { repository } = reference;
  const described = context.repositories.get(repository);
  const watched = watchedOf(reference);
  try {
    const access = described && (await accessTo(described, context.opener));
    const request = access && watchedRequest(watched, access, described.spec);
    // That it is missing or of another type is said by `checkItems`.
    if (!request) return undefined;
    const { revision } = await context.source.probe(request, undefined, context.signal);
    return { repository, watched: watchedText(watched), revision };
  } catch (error) {
    return failed(error, reference);
  }
}

function failed(error: unknown, reference: RepositoryReference): Seen {
  const { message, retryable, code } = error as {
    message: string;
    retryable?: unknown;
    code?: unknown;
  };
  if (typeof retryable !== 'boolean') throw error;
  const { item, type, repository } = reference;
  const watched = watchedOf(reference);
  const bare = type === 'http' && watched.type === 'repository' && !retryable;
  if (bare) return { repository, watched: watchedText(watched), revision: NOTHING };
  return { item, message, retryable, busy: code === 'busy' };
}

/**
 * By name, in which state the repositories are whose contents are not fetched before a device needs them: uid and
 * number of the spec, and what there is to see in them now. A change of it makes a new template version.
 */
export async function dependentStates(
  references: readonly RepositoryReference[],
  context: Context,
): Promise<DependentStates> {
  const all = await Promise.all(references.map((reference) => see(reference, context)));
  const failures = (retryable: boolean) =>
    all.filter(isFailure).filter((one) => one.retryable === retryable);
  const waiting = failures(true);
  const named = references.flatMap(({ repository }) => context.repositories.get(repository) ?? []);
  const states = named.map(({ name, uid, number }) => {
    const seen = all.flatMap((one) => {
      const isOurs = one !== undefined && 'revision' in one && one.repository === name;
      return isOurs ? [`${one.watched} ${one.revision}`] : [];
    });
    return [name, [`${uid}/${number}`, ...new Set(seen.sort())].join(' ')] as const;
  });
  return {
    states: Object.fromEntries(states),
    ...{ problems: failures(false), waiting },
    busy: waiting.length > 0 && waiting.every(({ busy }) => busy),
  };
}
