import { createHash } from 'node:crypto';
import { request as ask } from 'undici';
import { authorization } from '../credentials.js';
import type { OutboundGuard } from '../outbound-guard.js';
import { parseRemoteUrl } from '../remote-url.js';
import type { SourceLimits } from '../settings.js';
import { SourceError } from '../source-error.js';
import type { Fetched, HttpRequest, RepositoryAccess } from '../source.js';
import { checkStatus, connectionError, readBody, redirectOf } from './answer.js';
import { joinUrl } from './join-url.js';
import { pinnedAgent } from './pinned-agent.js';

export class HttpSource {
  constructor(
    private readonly guard: OutboundGuard,
    private readonly limits: SourceLimits,
  ) {}

  async fetch({ repository, suffix }: HttpRequest, signal: AbortSignal): Promise<Fetched> {
    const content = await this.#follow(joinUrl(repository.url, suffix), repository, signal);
    const revision = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    return { revision, files: [{ path: 'body', mode: 0o644, content }] };
  }

  async #follow(start: URL, access: RepositoryAccess, signal: AbortSignal): Promise<Buffer> {
    let url = start;
    // Once a redirect has left the repository's own origin, nothing of its credentials is sent any more.
    let trusted: RepositoryAccess | undefined = access;
    for (let hop = 0; hop <= this.limits.redirects; hop += 1) {
      const answer = await this.#ask(url, trusted, signal);
      if (Buffer.isBuffer(answer)) return answer;
      url = recheck(answer, url);
      if (url.origin !== start.origin) trusted = undefined;
    }
    throw new SourceError(
      'refused',
      `the server redirects more than ${this.limits.redirects} times`,
    );
  }

  /** The body, or the address that the server redirects to. */
  async #ask(
    url: URL,
    access: RepositoryAccess | undefined,
    signal: AbortSignal,
  ): Promise<Buffer | URL> {
    const header = authorization(access?.credentials);
    const dispatcher = pinnedAgent(await this.guard.addressesOf(url), access);
    try {
      const answer = await ask(url, {
        dispatcher,
        signal,
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': 'skein',
          ...(header && { authorization: header }),
        },
      });
      const target = redirectOf(answer, url);
      if (target) return target;
      checkStatus(answer);
      return await readBody(answer, this.limits.bytes);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw connectionError(error, url.host);
    } finally {
      await dispatcher.destroy();
    }
  }
}

function recheck(target: URL, from: URL): URL {
  const url = parseRemoteUrl(target.href, ['https:', 'http:']);
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new SourceError('refused', `the server redirects from https to http (${url.host})`);
  }
  return url;
}
