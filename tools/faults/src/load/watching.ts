import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { authorization } from './access.js';
import { request, urlOf } from './api.js';
import type { Writers } from './writers.js';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
}

interface Told {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Thing & { readonly code?: number };
}

interface Page {
  readonly items: readonly Thing[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

const pageSize = '200';
const againAfterMs = 300;
const lookMs = 200;
const EXPIRED = 410;

/** When a device was seen last is what lists show and nobody is told of. */
const textOf = (thing: Thing | undefined): string =>
  JSON.stringify(thing, (key, value: unknown) => (key === 'lastSeen' ? undefined : value)) ?? '';

/** A program that keeps what a list shows: it lists once, watches, and goes on at any gateway from where it was. */
export class Watching {
  /** How often it listed, and how often it watched. */
  readonly counts = { lists: 0, watches: 0 };
  /** Answers that it should not get. */
  readonly refused: string[] = [];
  private known = new Map<string, Thing>();
  private position: string | undefined;
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly writers: Pick<Writers, 'urls'>,
    private readonly random: Random,
    private readonly path: string,
    private readonly query: Readonly<Record<string, string>> = {},
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** What it knows otherwise than the list shows it, once it has had so much time to hear of it. */
  async missed(withinMs: number): Promise<string[]> {
    const deadline = performance.now() + withinMs;
    let wrong = await this.differences();
    while (wrong.length > 0 && performance.now() < deadline) {
      await sleep(lookMs);
      wrong = await this.differences();
    }
    return wrong.length > 0 ? [`a watch of ${this.path} missed ${wrong.length}: ${wrong[0]}`] : [];
  }

  private async differences(): Promise<string[]> {
    const listed = await this.list();
    if (!listed) return ['nobody answers'];
    const shown = new Map(listed.items.map((thing) => [thing.metadata.name, thing]));
    const names = [...new Set([...shown.keys(), ...this.known.keys()])];
    const [is, known] = [shown, this.known];
    return names
      .filter((name) => textOf(is.get(name)) !== textOf(known.get(name)))
      .map((name) => `${name} is ${textOf(is.get(name))}, known as ${textOf(known.get(name))}`);
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      if (this.position === undefined) await this.begin();
      if (this.position !== undefined) await this.watch(this.position).catch(() => undefined);
      await sleep(againAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async begin(): Promise<void> {
    const listed = await this.list();
    if (!listed) return;
    this.counts.lists += 1;
    this.known = new Map(listed.items.map((thing) => [thing.metadata.name, thing]));
    this.position = listed.at;
  }

  /** Undefined when a gateway did not answer. */
  private async list(): Promise<{ items: Thing[]; at: string } | undefined> {
    const items: Thing[] = [];
    let token: string | undefined;
    for (;;) {
      const more = { limit: pageSize, ...(token !== undefined && { continue: token }) };
      const reply = await request(this.urlWith(more));
      if (reply.status !== 200) return undefined;
      const page = JSON.parse(reply.text) as Page;
      items.push(...page.items);
      token = page.metadata.continue;
      if (token === undefined) return { items, at: page.metadata.resourceVersion };
    }
  }

  private urlWith(more: Readonly<Record<string, string>>): string {
    const query = new URLSearchParams({ ...this.query, ...more });
    return `${urlOf(this.random.oneOf(this.writers.urls), this.path)}?${query.toString()}`;
  }

  /** @throws when the connection breaks */
  private async watch(position: string): Promise<void> {
    const headers = { authorization, 'last-event-id': position };
    const { signal } = this.ending;
    const response = await fetch(this.urlWith({ watch: 'true' }), { headers, signal });
    this.counts.watches += 1;
    if (response.status !== 200) return this.refuse(response.status, await response.text());
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const frames = (text + chunk).split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) this.hear(frame);
    }
  }

  private refuse(status: number, text: string): void {
    if (status === EXPIRED) this.position = undefined;
    else if (status !== 503) this.refused.push(`${this.path}: ${status} ${text.slice(0, 200)}`);
  }

  private hear(frame: string): void {
    const [, data] = /^data: (.*)$/m.exec(frame) ?? [];
    if (data === undefined) return;
    this.take(JSON.parse(data) as Told);
    const [, position] = /^id: (.*)$/m.exec(frame) ?? [];
    if (position !== undefined) this.position = position;
  }

  private take({ type, object }: Told): void {
    const { name } = object.metadata ?? {};
    if (type === 'ERROR') this.refuse(object.code ?? 0, JSON.stringify(object));
    else if (type === 'DELETED') this.known.delete(name);
    else if (type !== 'BOOKMARK') this.known.set(name, object);
  }
}
