import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@skein/postgres';
import type { Random } from '../random.js';
import { put, request, urlOf, type Answer, type Body, type Reply } from './api.js';
import { device } from './manifests.js';
import type { Writers } from './writers.js';

/** The fleet that they are in. */
export const herdFleet = 'herd';
export const herdSize = 300;
/** How long a gateway lets them wait. */
export const herdWaitMs = 15_000;

/** Far above those of the writers. */
const firstWrite = 2_000_000;
const atOnce = 20;
/** Longer than any queue of a machine that is busy: an answer that takes longer does not come. */
const patienceMs = 60_000;
const longestPauseMs = 500;

/** Too busy to answer, or to wait for what was asked. */
const isTryAgain = ({ status }: Reply): boolean => status === 503 || status === 408;

interface Running {
  readonly version: string;
  readonly spec: unknown;
}

interface Newest {
  readonly name: string;
  readonly version: number;
  readonly content: Buffer;
}

/** What the gateway's view has for each of them, and the content. */
const NEWEST = `
select d.name, v.rendered_version as version, c.content
from gateway.devices d
join gateway.device_views v on v.org = d.org and v.uid = d.uid
join blobs.contents c on c.org = v.org and c.digest = v.rendered_digest
where d.name like '${herdFleet}-%' order by d.name`;

/**
 * Devices as their agents are: each waits, with a token of its own, at any gateway for what it is to run, reports it, and
 * asks another gateway when one is gone.
 */
export class Herd {
  /** Answers that no agent should get. */
  readonly refused: string[] = [];
  /** Documents that came, waits that ended without one, and connections that broke. */
  readonly counts = { documents: 0, empty: 0, broken: 0 };
  private readonly running = new Map<string, Running>();
  private readonly ending = new AbortController();
  private lives: Promise<unknown> = Promise.resolve();

  /** @param urls of the gateways that are there; changed meanwhile */
  constructor(
    private readonly writers: Pick<Writers, 'urls' | 'acknowledged'>,
    private readonly random: Random,
  ) {}

  /**
   * Creates them and their tokens; from then on they wait.
   * @throws when a write is not saved
   */
  async start(): Promise<void> {
    const names = Array.from({ length: herdSize }, (_, at) => `${herdFleet}-${at}`);
    const tokens = new Map<string, string>();
    for (let first = 0; first < names.length; first += atOnce) {
      const some = names.slice(first, first + atOnce).map(async (name, at) => {
        tokens.set(name, await this.create(name, firstWrite + first + at));
      });
      await Promise.all(some);
    }
    this.lives = Promise.all(names.map((name) => this.live(name, tokens.get(name)!)));
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.lives;
  }

  /** What they run that is not what the gateway's view has for them. */
  async behind(database: Queryable): Promise<string[]> {
    const newest = await database.query<Newest>(NEWEST);
    const wrong = newest.flatMap(({ name, version, content }) => {
      const { version: runs, spec } = this.running.get(name) ?? { version: '0', spec: undefined };
      const isEqual = isDeepStrictEqual(spec, JSON.parse(content.toString()));
      if (runs === String(version) && isEqual) return [];
      const what = runs === String(version) ? 'with another content' : `and not ${version}`;
      return [`${name} runs version ${runs} ${what}`];
    });
    const missing = herdSize - newest.length;
    return missing > 0 ? [...wrong, `${missing} devices have no document`] : wrong;
  }

  private get url(): string {
    return this.random.oneOf(this.writers.urls);
  }

  private async create(name: string, write: number): Promise<string> {
    const answer = await this.save(name, write);
    if (answer.kind !== 'saved') throw new Error(answer.reason);
    this.writers.acknowledged.push({ kind: 'Device', name, version: answer.version, write });
    const made = await request(urlOf(this.url, `devices/${name}/tokens`), { method: 'POST' });
    if (made.status !== 201) throw new Error(`${name} got no token: ${JSON.stringify(made)}`);
    return (JSON.parse(made.text) as { token: string }).token;
  }

  /** Once more when nobody answered: a gateway may have closed the connection at that moment. */
  private async save(name: string, write: number): Promise<Answer> {
    const once = () => put(this.url, `devices/${name}`, device(name, herdFleet, write));
    const answer = await once();
    return answer.kind === 'unanswered' ? once() : answer;
  }

  private async live(name: string, token: string): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const known = this.running.get(name)?.version ?? '0';
      const reply = await this.wait(name, token, known);
      if (reply.status === 200) await this.run(name, token, reply.text);
      else if (reply.status === 204) this.counts.empty += 1;
      else await this.pauseAfter(name, reply);
    }
  }

  private wait(name: string, token: string, known: string): Promise<Reply> {
    const url = urlOf(this.url, `devices/${name}/rendered?knownRenderedVersion=${known}`);
    const headers = { authorization: `Bearer ${token}` };
    return request(url, { headers, signal: this.ending.signal }, herdWaitMs + patienceMs);
  }

  private async run(name: string, token: string, text: string): Promise<void> {
    const { metadata, spec } = JSON.parse(text) as Body & { readonly spec: unknown };
    const version = metadata?.annotations?.['device-controller/renderedVersion'] ?? '';
    const before = Number(this.running.get(name)?.version ?? 0);
    if (Number(version) <= before) this.refused.push(`${name} got ${version} after ${before}`);
    this.running.set(name, { version, spec });
    this.counts.documents += 1;
    const status = { config: { renderedVersion: version }, updated: { status: 'UpToDate' } };
    await this.report(name, token, {
      ...{ apiVersion: 'flightctl.io/v1beta1', kind: 'Device' },
      ...{ metadata: { name }, status },
    });
  }

  private async report(name: string, token: string, body: object): Promise<void> {
    const init = {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    while (!this.ending.signal.aborted) {
      const reply = await request(urlOf(this.url, `devices/${name}/status`), init, patienceMs);
      if (reply.status === 200) return;
      await this.pauseAfter(name, reply);
    }
  }

  /** A connection that broke and a gateway that is busy are reasons to ask another one. */
  private async pauseAfter(name: string, reply: Reply): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return;
    if (reply.status === undefined && !reply.reason.includes('timeout')) this.counts.broken += 1;
    else if (!isTryAgain(reply)) this.refused.push(`${name}: ${JSON.stringify(reply)}`);
    const ms = this.random.between(50, longestPauseMs);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
