import { createHash } from 'node:crypto';
import { withDeadline } from './deadline.js';
import { GitSource } from './git/git-source.js';
import { HttpSource } from './http/http-source.js';
import { SecretSource } from './kubernetes/secret-source.js';
import { OutboundGuard } from './outbound-guard.js';
import type { Probed } from './probed.js';
import { Places } from './places.js';
import { DEFAULT_LIMITS } from './settings.js';
import type { SourceLimits, SourceSettings } from './settings.js';
import { SingleFlight } from './single-flight.js';
import { SourceError } from './source-error.js';
import type { Fetched, Source, SourceRequest } from './source.js';

/** All kinds of sources behind the one port. Requests that are the same at the same time are one. */
class AllSources implements Source {
  readonly #limits: SourceLimits;
  readonly #git: GitSource;
  readonly #http: HttpSource;
  readonly #secrets: SecretSource;
  readonly #fetches = new SingleFlight<Fetched>();
  readonly #probes = new SingleFlight<Probed>();
  readonly #places: Places;

  constructor(settings: SourceSettings) {
    this.#limits = { ...DEFAULT_LIMITS, ...settings.limits };
    const guard = new OutboundGuard(settings.allowedNetworks, settings.resolve);
    this.#git = new GitSource(settings, guard, this.#limits);
    this.#http = new HttpSource(guard, this.#limits);
    this.#secrets = new SecretSource(settings.kubernetes, this.#limits);
    this.#places = new Places(this.#limits.perRepository);
  }

  fetch(request: SourceRequest, signal?: AbortSignal, visit: object = {}): Promise<Fetched> {
    return this.#placed(request, { signal, visit }, (inner) =>
      this.#fetches.run(keyOf(request), inner, (joined) => this.#fetchOnce(request, joined)),
    );
  }

  probe(request: SourceRequest, known?: Probed, signal?: AbortSignal): Promise<Probed> {
    return this.#placed(request, { signal, visit: {} }, (inner) =>
      this.#probes.run(keyOf([request, known]), inner, (joined) =>
        this.#probeOnce(request, known, joined),
      ),
    );
  }

  async #placed<Answer>(
    request: SourceRequest,
    { signal, visit }: { signal: AbortSignal | undefined; visit: object },
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const { gitTime, httpTime } = this.#limits;
    try {
      return await withDeadline(request.type === 'git' ? gitTime : httpTime, signal, (inner) =>
        this.#places.take({ ...errandOf(request), visit }, inner, work),
      );
    } catch (error) {
      throw error instanceof SourceError ? error.about(subjectOf(request)) : error;
    }
  }

  #fetchOnce(request: SourceRequest, signal: AbortSignal): Promise<Fetched> {
    if (request.type === 'secret') return this.#secrets.fetch(request, signal);
    return request.type === 'git'
      ? this.#git.fetch(request, signal)
      : this.#http.fetch(request, signal);
  }

  async #probeOnce(
    request: SourceRequest,
    known: Probed | undefined,
    signal: AbortSignal,
  ): Promise<Probed> {
    if (request.type === 'git') return this.#git.probe(request, signal);
    if (request.type === 'http') return this.#http.probe(request, known, signal);
    const { revision } = await this.#secrets.fetch(request, signal);
    return { revision };
  }
}

/** @throws if an allowed network is not a CIDR */
export function createSources(settings: SourceSettings): Source {
  return new AllSources(settings);
}

/** What an error is about, for people. */
function subjectOf(request: SourceRequest): string {
  if (request.type !== 'secret') return `Repository "${request.repository.name}"`;
  return `Secret "${request.namespace}/${request.name}"`;
}

/** Of git, one revision is fetched at once for all who want paths of it. All secrets are in one cluster. */
function errandOf(request: SourceRequest): { repository: string; key: string } {
  if (request.type === 'secret') return { repository: 'kubernetes', key: keyOf(request) };
  const { org, uid } = request.repository;
  const joined = request.type === 'git' ? { ...request, path: undefined } : request;
  return { repository: `${org}/${uid}`, key: keyOf(joined) };
}

/** A digest, since the request holds credentials. */
function keyOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
