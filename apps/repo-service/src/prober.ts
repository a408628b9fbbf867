import type { Found, Outcome, SeenReference } from '@skein/domain-repo';
import { watchedFrom } from '@skein/domain-template';
import {
  accessTo,
  watchedRequest,
  type CredentialOpener,
  type Probed,
  type RepositoryAccess,
  type Source,
} from '@skein/sources';
import { ITSELF, type CheckedRepository } from './checks.js';

export interface Outside {
  readonly source: Pick<Source, 'probe'>;
  readonly opener: CredentialOpener;
}

/** What a look at a repository gave. */
export interface Look {
  readonly access: Outcome;
  readonly found: readonly Found[];
}

/** A server that lets so many questions go unanswered in one look is asked no more in it. */
const MOST_UNANSWERED = 2;

const isAway = (outcome: Outcome) => 'retryable' in outcome && outcome.retryable;

function knownOf(kept: SeenReference | undefined): Probed | undefined {
  if (kept?.revision === undefined || kept.revision === null) return undefined;
  const { revision, validators } = kept;
  return { revision, ...(validators !== null && { validators }) };
}

/** @throws what does not say whether waiting helps: that is no answer of the outside */
function failureOf(error: unknown): Outcome {
  const { code, message, retryable } = (error ?? {}) as Record<string, unknown>;
  if (typeof retryable !== 'boolean') throw error;
  return { code: String(code), message: String(message), retryable };
}

/** In an order that is another one at each look: what comes first never keeps the rest from being seen. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** Looks at one repository. Most are asked one question: who answers it is accessible. */
class RepositoryLook {
  private readonly found = new Map<string, Outcome>();

  constructor(
    private readonly repository: CheckedRepository,
    private readonly access: RepositoryAccess,
    private readonly source: Outside['source'],
    private readonly signal: AbortSignal,
  ) {}

  async take(): Promise<Look> {
    // Whoever names a suffix says what access means.
    const said = this.repository.spec['validationSuffix'] !== undefined;
    const first = said ? await this.ask(ITSELF) : undefined;
    const proof = first && isAway(first) ? undefined : await this.askForAll();
    const access = first ?? proof ?? (await this.ask(ITSELF));
    const found = [...this.found].map(([reference, outcome]) => ({ reference, outcome }));
    return { access: access!, found };
  }

  /** Asks for everything that is referred to; answers what proves that the repository can be read. */
  private async askForAll(): Promise<Outcome | undefined> {
    const referred = this.repository.kept.filter((kept) => kept.referred);
    let proof: Outcome | undefined;
    let unanswered = 0;
    for (const { reference } of shuffled(referred)) {
      const outcome = await this.ask(reference);
      if (!outcome) continue;
      if ('revision' in outcome) proof ??= outcome;
      if (isAway(outcome)) unanswered += 1;
      if (isAway(outcome) && (await this.isVain(proof, unanswered))) break;
    }
    return proof;
  }

  /** One slow answer of a server that gives others is not the repository's. */
  private async isVain(proof: Outcome | undefined, unanswered: number): Promise<boolean> {
    if (unanswered >= MOST_UNANSWERED) return true;
    return proof === undefined && isAway((await this.ask(ITSELF))!);
  }

  /** Undefined when the reference is none to a repository of this type. */
  private async ask(reference: string): Promise<Outcome | undefined> {
    const before = this.found.get(reference);
    if (before) return before;
    const request = watchedRequest(watchedFrom(reference), this.access, this.repository.spec);
    if (!request) return undefined;
    const known = knownOf(this.repository.kept.find((kept) => kept.reference === reference));
    const outcome = await this.source
      .probe(request, known, this.signal)
      .then(({ revision, validators = null }): Outcome => ({ revision, validators }), failureOf);
    this.found.set(reference, outcome);
    return outcome;
  }
}

/** Looks at a repository and all that is referred to in it. */
export async function lookAt(
  repository: CheckedRepository,
  { source, opener }: Outside,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const access = await accessTo(repository, opener);
    return await new RepositoryLook(repository, access, source, signal).take();
  } catch (error) {
    return { access: failureOf(error), found: [] };
  }
}
