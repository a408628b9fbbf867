import { freeze } from './freeze.js';
import type { ContentStore, Frozen } from './freeze.js';
import { accessTo } from './repository-access.js';
import type { CredentialOpener, DescribedRepository } from './repository-access.js';
import { SourceError } from './source-error.js';
import type { Fetching, SourceRequest } from './source.js';

interface ReferenceBase {
  /** Name of the config item. */
  readonly item: string;
}

/** A config item's reference, without device parameters in it. */
export type ItemReference = ReferenceBase &
  (
    | {
        readonly type: 'git';
        /** Name of the repository. */
        readonly repository: string;
        readonly targetRevision: string;
        readonly path: string;
      }
    | { readonly type: 'http'; readonly repository: string; readonly suffix?: string }
    | { readonly type: 'secret'; readonly namespace: string; readonly name: string }
  );

type RepositoryReference = Exclude<ItemReference, { type: 'secret' }>;

export interface FreezeContext {
  readonly org: string;
  /** The repositories that the references name, by name. */
  readonly repositories: ReadonlyMap<string, DescribedRepository>;
  readonly opener: CredentialOpener;
  readonly source: Fetching;
  readonly store: ContentStore;
  readonly signal?: AbortSignal;
}

export interface ItemFailure {
  readonly item: string;
  readonly message: string;
}

export interface FrozenItems {
  /** By the name of the config item. */
  readonly frozen: Record<string, Frozen>;
  /** What a person must mend. */
  readonly problems: readonly ItemFailure[];
  /** What a later try may mend: somebody does not answer now. */
  readonly waiting: readonly ItemFailure[];
  /** Whether they wait for nothing but other fetches of the same repositories. */
  readonly busy: boolean;
}

type Outcome = { reference: ItemReference } & ({ frozen: Frozen } | { error: Error });

/** Freezes what config items refer to; each that cannot be is named, with whether waiting helps. */
export async function freezeItems(
  references: readonly ItemReference[],
  context: FreezeContext,
): Promise<FrozenItems> {
  // All items are one visit: or a template with many of one repository could wait for itself.
  const visit = {};
  const source: Fetching = {
    fetch: (request, signal) => context.source.fetch(request, signal, visit),
  };
  const visiting = { ...context, source };
  const outcomes = await Promise.all(
    references.map((reference) => freezeItem(reference, visiting)),
  );
  const failures = (retryable: boolean) =>
    outcomes.flatMap((outcome) =>
      'error' in outcome && isRetryable(outcome.error) === retryable
        ? [{ item: outcome.reference.item, message: outcome.error.message }]
        : [],
    );
  const frozen = outcomes.flatMap((outcome) =>
    'frozen' in outcome ? [[outcome.reference.item, outcome.frozen] as const] : [],
  );
  const waiting = failures(true);
  return {
    frozen: Object.fromEntries(frozen),
    problems: failures(false),
    waiting,
    busy: waiting.length > 0 && waiting.length === outcomes.filter(isBusy).length,
  };
}

function isBusy(outcome: Outcome): boolean {
  return 'error' in outcome && (outcome.error as { code?: unknown }).code === 'busy';
}

async function freezeItem(reference: ItemReference, context: FreezeContext): Promise<Outcome> {
  const { source, store, signal } = context;
  try {
    const request = await requestFor(reference, context);
    const [frozen] = await freeze([request], source, store, signal);
    return { reference, frozen: frozen! };
  } catch (error) {
    // An error that does not say whether waiting helps is nobody's mistake in a template.
    if (isRetryable(error) === undefined) throw error;
    return { reference, error: error as Error };
  }
}

/** What can be said of references before they are fetched: whether their repositories are there, and of their type. */
export function checkItems(
  references: readonly ItemReference[],
  repositories: FreezeContext['repositories'],
): ItemFailure[] {
  return references.flatMap((reference) => {
    if (reference.type === 'secret') return [];
    const described = repositories.get(reference.repository);
    const problem = described ? typeProblem(reference, described) : absence(reference);
    return problem ? [{ item: reference.item, message: problem.message }] : [];
  });
}

function absence({ repository }: RepositoryReference): SourceError {
  return new SourceError('not-found', `there is no repository "${repository}"`);
}

function typeProblem(
  { type }: RepositoryReference,
  { name, spec }: DescribedRepository,
): SourceError | undefined {
  if (spec['type'] === type) return undefined;
  const kinds = `${type}, but repository "${name}" is of type ${String(spec['type'])}`;
  return new SourceError('invalid', `the reference is ${kinds}`);
}

async function requestFor(
  reference: ItemReference,
  { org, repositories, opener }: FreezeContext,
): Promise<SourceRequest> {
  if (reference.type === 'secret') {
    const { type, namespace, name } = reference;
    return { type, org, namespace, name };
  }
  const described = repositories.get(reference.repository);
  if (!described) throw absence(reference);
  const problem = typeProblem(reference, described);
  if (problem) throw problem;
  const repository = await accessTo(described, opener);
  if (reference.type === 'http') return { type: 'http', repository, suffix: reference.suffix };
  const { targetRevision, path } = reference;
  return { type: 'git', repository, targetRevision, path };
}

function isRetryable(error: unknown): boolean | undefined {
  const retryable = (error as { retryable?: unknown } | null)?.retryable;
  return typeof retryable === 'boolean' ? retryable : undefined;
}
