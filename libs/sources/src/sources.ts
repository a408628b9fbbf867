import { createHash } from 'node:crypto';
import { withDeadline } from './deadline.js';
import { GitSource } from './git/git-source.js';
import { HttpSource } from './http/http-source.js';
import { OutboundGuard } from './outbound-guard.js';
import type { Probed } from './probed.js';
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
  const fetches = new SingleFlight<Fetched>();
  const probes = new SingleFlight<Probed>();

  const bounded = async <Answer>(
    { type, repository }: SourceRequest,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await withDeadline(type === 'git' ? limits.gitTime : limits.httpTime, signal, work);
    } catch (error) {
      throw error instanceof SourceError ? error.about(repository.name) : error;
    }
  };

  return {
    fetch: (request, signal) =>
      bounded(request, signal, (inner) =>
        fetches.run(keyOf(request), inner, (joined) =>
          request.type === 'git' ? git.fetch(request, joined) : http.fetch(request, joined),
        ),
      ),
    probe: (request, known, signal) =>
      bounded(request, signal, (inner) =>
        probes.run(keyOf([request, known]), inner, (joined) =>
          request.type === 'git' ? git.probe(request, joined) : http.probe(request, known, joined),
        ),
      ),
  };
}

/** A digest, since the request holds credentials. */
function keyOf(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
