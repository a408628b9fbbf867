import { get, type IncomingMessage } from 'node:http';

type Loose = ReturnType<typeof JSON.parse>;

const WAIT_MS = 20_000;

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

/** A client that watches a list over a real connection of its own, and keeps all that it was told. */
export class WatchClient {
  readonly sent: Sent[] = [];
  lastId: string | undefined;
  code = 0;
  headers: IncomingMessage['headers'] = {};
  /** The body of a refusal. */
  refusal: Loose;
  isOver = false;
  private response: IncomingMessage | undefined;
  private done: Promise<void> = Promise.resolve();

  /** @param known as a list would have it, by name */
  constructor(readonly known = new Map<string, Loose>()) {}

  /** Resolves when the answer has begun. */
  async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<this> {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers, agent: false }, resolve).on('error', reject),
    );
    [this.code, this.headers, this.response] = [response.statusCode!, response.headers, response];
    if (this.code === 200) this.done = this.read(response);
    else {
      const chunks = (await response.toArray()) as Buffer[];
      [this.refusal, this.isOver] = [JSON.parse(Buffer.concat(chunks).toString()), true];
    }
    return this;
  }

  /** Cuts the connection. */
  async close(): Promise<void> {
    this.response?.destroy();
    await this.done;
  }

  /** Reads nothing more. */
  freeze(): void {
    this.response!.socket.pause();
  }

  thaw(): void {
    this.response!.socket.resume();
  }

  get types(): string[] {
    return this.sent.map(({ type }) => type);
  }

  /** What was told of things, as `MODIFIED a`. */
  get told(): string[] {
    const changes = this.sent.filter(({ type }) => type !== 'BOOKMARK' && type !== 'ERROR');
    return changes.map(({ type, object }) => `${type} ${object.metadata.name}`);
  }

  /** Resolves when it holds; what the client was told is in the error if it never does. */
  async until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!holds()) {
      if (performance.now() > deadline) {
        throw new Error(`waited in vain; told: ${JSON.stringify(this.sent.slice(-20))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private async read(response: IncomingMessage): Promise<void> {
    let text = '';
    response.setEncoding('utf8');
    try {
      for await (const chunk of response) {
        const frames = (text + String(chunk)).split('\n\n');
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
