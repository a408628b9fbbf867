import { setTimeout as sleep } from 'node:timers/promises';

/** The gateway refused, with its own words. */
export class RefusedRequest extends Error {
  readonly code = 'REFUSED_REQUEST';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** A conflict ends when what refers to the resource is gone. */
  get retryable(): boolean {
    return this.status === 409 || this.status >= 500;
  }
}

interface Page<Item> {
  readonly metadata: { readonly continue?: string };
  readonly items: Item[];
}

const pageSize = 1_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** The gateway's REST API. All that it asks for can be asked for twice, so it asks again until it gets an answer. */
export class ApiClient {
  /** What the last request failed with, until one succeeds. */
  trouble: string | undefined;

  constructor(
    private readonly gateway: { readonly baseUrl: string; readonly token: string | undefined },
    private readonly signal: AbortSignal,
  ) {}

  /** Undefined when there is no such resource. */
  get<Answer>(path: string): Promise<Answer | undefined> {
    return this.request<Answer>('GET', path);
  }

  /** Creates the resource or replaces it. */
  async put(path: string, body: unknown): Promise<void> {
    const answer = await this.request('PUT', path, body);
    if (answer === undefined)
      throw new RefusedRequest(404, `PUT ${path}: there is no such resource`);
  }

  async delete(path: string): Promise<void> {
    await this.request('DELETE', path);
  }

  /** All items of a list, page by page. */
  async *items<Item>(path: string): AsyncGenerator<Item> {
    let next: string | undefined;
    do {
      const query = `limit=${pageSize}${next ? `&continue=${encodeURIComponent(next)}` : ''}`;
      const page = await this.get<Page<Item>>(`${path}?${query}`);
      yield* page?.items ?? [];
      next = page?.metadata.continue;
    } while (next);
  }

  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this.items<Item>(path)) items.push(item);
    return items;
  }

  private async request<Answer>(method: string, path: string, body?: unknown) {
    for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
      try {
        const answer = await this.requestOnce<Answer>(method, path, body);
        this.trouble = undefined;
        return answer;
      } catch (error) {
        if (!this.signal.aborted) this.trouble = describe(error);
        if (this.signal.aborted || (error instanceof RefusedRequest && !error.retryable))
          throw error;
      }
      await sleep(pause, undefined, { signal: this.signal });
    }
  }

  private async requestOnce<Answer>(method: string, path: string, body: unknown) {
    const { baseUrl, token } = this.gateway;
    const response = await fetch(`${baseUrl}/api/v1/${path}`, {
      method,
      signal: this.signal,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new RefusedRequest(response.status, `${method} ${path}: ${text}`);
    return (text ? JSON.parse(text) : {}) as Answer;
  }
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String(cause) : message;
}
