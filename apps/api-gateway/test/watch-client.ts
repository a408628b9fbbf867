type Loose = ReturnType<typeof JSON.parse>;

/** One server-sent event. */
export interface Sent {
  readonly id?: string;
  readonly type: string;
  readonly object: Loose;
}

function sentIn(frame: string): Sent | undefined {
  const lines = frame.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]);
  const fields = new Map(lines);
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const id = fields.get('id');
  return { ...(id !== undefined && { id }), ...(JSON.parse(data) as Omit<Sent, 'id'>) };
}

/** A client that watches a list over a real connection, and keeps all that it was told. */
export class WatchClient {
  readonly sent: Sent[] = [];
  /** As a list would have it, by name. */
  readonly known = new Map<string, Loose>();
  lastId: string | undefined;
  code = 0;
  headers = new Headers();
  /** The body of a refusal. */
  refusal: Loose;
  isOver = false;
  private readonly gone = new AbortController();
  private done: Promise<void> = Promise.resolve();

  /** Resolves when the answer has begun. */
  async open(url: string, headers: Record<string, string> = {}): Promise<this> {
    const response = await fetch(url, { headers, signal: this.gone.signal });
    [this.code, this.headers] = [response.status, response.headers];
    if (response.ok) this.done = this.read(response.body!);
    else [this.refusal, this.isOver] = [await response.json(), true];
    return this;
  }

  /** Cuts the connection. */
  async close(): Promise<void> {
    this.gone.abort();
    await this.done;
  }

  get types(): string[] {
    return this.sent.map(({ type }) => type);
  }

  /** What was told of things, as `MODIFIED a`. */
  get told(): string[] {
    const changes = this.sent.filter(({ type }) => type !== 'BOOKMARK' && type !== 'ERROR');
    return changes.map(({ type, object }) => `${type} ${object.metadata.name}`);
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream() as never)) {
        text += String(chunk);
        const frames = text.split('\n\n');
        text = frames.pop()!;
        for (const frame of frames) this.take(sentIn(frame));
      }
    } catch {
      // Cut.
    }
    this.isOver = true;
  }

  private take(sent: Sent | undefined): void {
    if (!sent) return;
    this.sent.push(sent);
    if (sent.id !== undefined) this.lastId = sent.id;
    const { type, object } = sent;
    if (type === 'ADDED' || type === 'MODIFIED') this.known.set(object.metadata.name, object);
    if (type === 'DELETED') this.known.delete(object.metadata.name);
  }
}
