import { createHash } from 'node:crypto';
import { withDeadline } from './deadline.js';
import { GitSource } from './git/git-source.js';
import { HttpSource } from './http/http-source.js';
import { SecretSource } from './kubernetes/secret-source.js';
import { OutboundGuard } from './outbound-guard.js';
import type { Probed } from './probed.js';
import { Places } from './places.js';
import { DEFAULT_LIMITS } from './settings.js';
import type { SourceSettings } from './settings.js';
import { SingleFlight } from './single-flight.js';
import { SourceError } from './source-error.js';
import type { Fetched, Source, SourceRequest } from './source.js';

/**
 * All kinds of sources behind the one port. Requests that are the same at the same time are one fetch.
 *
 * @throws if an allowed network is not a CIDR
 */
export function createSources(settings: SourceSettings): Source {
  const limits = { ...DEFAULT_LIMITS, ...settings.limits };
  const guard = new OutboundGuard(settings.allowedNetworks, settings.resolve);
  const git = new GitSource(settings, guard, limits);
  const http = new HttpSource(guard, limits);
  const secrets = new SecretSource(settings.kubernetes, limits);
  const fetches = new SingleFlight<Fetched>();
  const probes = new SingleFlight<Probed>();
  const places = new Places(limits.perRepository);

  const placed = async <Answer>(
    request: SourceRequest,
    { signal, visit }: { signal: AbortSignal | undefined; visit: object },
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const time = request.type === 'git' ? limits.gitTime : limits.httpTime;
    try {
      return await withDeadline(time, signal, (inner) =>
        places.take({ ...errandOf(request), visit }, inner, work),
      );
    } catch (error) {
      throw error instanceof SourceError ? error.about(subjectOf(request)) : error;
    }
  };

  const fetchOnce = (request: SourceRequest, signal: AbortSignal): Promise<Fetched> => {
    if (request.type === 'secret') return secrets.fetch(request, signal);
    return request.type === 'git' ? git.fetch(request, signal) : http.fetch(request, signal);
  };

  const probeOnce = async (
    request: SourceRequest,
    known: Probed | undefined,
    signal: AbortSignal,
  ): Promise<Probed> => {
    if (request.type === 'git') return git.probe(request, signal);
    if (request.type === 'http') return http.probe(request, known, signal);
    const { revision } = await secrets.fetch(request, signal);
    return { revision };
  };

  return {
    fetch: (request, signal, visit = {}) =>
      placed(request, { signal, visit }, (inner) =>
        fetches.run(keyOf(request), inner, (joined) => fetchOnce(request, joined)),
      ),
    probe: (request, known, signal) =>
      placed(request, { signal, visit: {} }, (inner) =>
        probes.run(keyOf([request, known]), inner, (joined) => probeOnce(request, known, joined)),
      ),
  };
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
