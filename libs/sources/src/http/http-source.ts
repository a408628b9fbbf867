import { createHash } from 'node:crypto';
import { request as ask } from 'undici';
import { authorization } from '../credentials.js';
import type { OutboundGuard } from '../outbound-guard.js';
import { parseRemoteUrl } from '../remote-url.js';
import type { SourceLimits } from '../settings.js';
import { SourceError } from '../source-error.js';
import type { Probed } from '../probed.js';
import type { Fetched, HttpRequest, RepositoryAccess } from '../source.js';
import { checkStatus, connectionError, readBody, redirectOf } from './answer.js';
import { joinUrl } from './join-url.js';
import { pinnedAgent } from './pinned-agent.js';
import { conditionsFor, isUnchanged, validatorsOf } from './validators.js';

interface Question {
  /** Absent: the server gets no credentials. */
  readonly access: RepositoryAccess | undefined;
  readonly signal: AbortSignal;
  readonly known?: Probed;
}

interface Body {
  readonly content: Buffer;
  readonly validators?: string;
}

export class HttpSource {
  constructor(
    private readonly guard: OutboundGuard,
    private readonly limits: SourceLimits,
  ) {}

  async fetch({ repository, suffix }: HttpRequest, signal: AbortSignal): Promise<Fetched> {
    const url = joinUrl(repository.url, suffix);
    const { content } = (await this.#follow(url, { access: repository, signal }))!;
    return { revision: digestOf(content), files: [{ path: 'body', mode: 0o644, content }] };
  }

  /** A server that says that nothing changed is not asked for the body. */
  async probe(
    { repository, suffix }: HttpRequest,
    known: Probed | undefined,
    signal: AbortSignal,
  ): Promise<Probed> {
    const url = joinUrl(repository.url, suffix);
    const body = await this.#follow(url, { access: repository, signal, known });
    if (!body) return known!;
    const { content, validators } = body;
    return { revision: digestOf(content), ...(validators && { validators }) };
  }

  /** Undefined when what is known is still so. */
  async #follow(start: URL, question: Question): Promise<Body | undefined> {
    let url = start;
    // Once a redirect has left the repository's own origin, nothing of its credentials is sent any more.
    let asked = question;
    for (let hop = 0; hop <= this.limits.redirects; hop += 1) {
      const answer = await this.#ask(url, asked);
      if (!(answer instanceof URL)) return answer;
      url = recheck(answer, url);
      if (url.origin !== start.origin) asked = { ...asked, access: undefined };
    }
    throw new SourceError(
      'refused',
      `the server redirects more than ${this.limits.redirects} times`,
    );
  }

  /** The body, undefined when it is the one that is known, or the address that the server redirects to. */
  async #ask(url: URL, { access, signal, known }: Question): Promise<Body | URL | undefined> {
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
          ...conditionsFor(url, known),
        },
      });
      const target = redirectOf(answer, url);
      if (target) return target;
      if (isUnchanged(answer, url, known)) return undefined;
      checkStatus(answer);
      const content = await readBody(answer, this.limits.bytes);
      return { content, validators: validatorsOf(answer, url) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw connectionError(error, url.host);
    } finally {
      await dispatcher.destroy();
    }
  }
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function recheck(target: URL, from: URL): URL {
  const url = parseRemoteUrl(target.href, ['https:', 'http:']);
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new SourceError('refused', `the server redirects from https to http (${url.host})`);
  }
  return url;
}
