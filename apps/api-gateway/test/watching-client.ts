import { WatchClient } from './watch-client.js';

type Loose = ReturnType<typeof JSON.parse>;
type Query = Readonly<Record<string, string>>;

interface Door {
  /** The address of some gateway. */
  readonly url: () => Promise<string>;
  /** Milliseconds until the connection is cut. */
  readonly patience: () => number;
}

/** When a device was seen last is the one thing that lists show and nobody is told of. */
const textOf = (resource: Loose): string | undefined =>
  JSON.stringify(resource, (key, value: unknown) => (key === 'lastSeen' ? undefined : value));

/** A client as a program would be: it lists, watches, is cut off again and again, and goes on where it was. */
export class WatchingClient {
  /** How often it listed, and how often it watched. */
  lists = 0;
  watches = 0;
  private known = new Map<string, Loose>();
  private position: string | undefined;
  private isStopping = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly door: Door,
    readonly path: string,
    readonly query: Query,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  /** Whether it has what a list shows; undefined: yes, else what differs. */
  async difference(): Promise<string | undefined> {
    const { items } = await this.list();
    const shown = new Map(items.map((item: Loose) => [item.metadata.name, item]));
    const names = new Set([...shown.keys(), ...this.known.keys()]) as Set<string>;
    const wrong = [...names].filter(
      (name) => textOf(shown.get(name)) !== textOf(this.known.get(name)),
    );
    if (wrong.length === 0) return undefined;
    const [name] = wrong;
    const [is, known] = [shown, this.known].map((all) => textOf(all.get(name!)));
    return `${this.path} ${JSON.stringify(this.query)}: ${wrong.join()}; ${name} is ${is}, known as ${known}`;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      if (this.position === undefined) await this.begin();
      await this.watch();
    }
  }

  private async begin(): Promise<void> {
    const { items, at } = await this.list();
    this.lists += 1;
    this.known = new Map(items.map((item: Loose) => [item.metadata.name, item]));
    this.position = at;
  }

  private async list(): Promise<{ items: Loose[]; at: string }> {
    const items: Loose[] = [];
    let at: string | undefined;
    let token: string | undefined;
    do {
      const query = { ...this.query, limit: '7', ...(token && { continue: token }) };
      const text = new URLSearchParams(query).toString();
      const response = await fetch(`${await this.door.url()}/api/v1/${this.path}?${text}`);
      const { items: some, metadata } = (await response.json()) as Loose;
      items.push(...some);
      at = metadata.resourceVersion;
      token = metadata.continue;
    } while (token);
    return { items, at: at! };
  }

  private async watch(): Promise<void> {
    const text = new URLSearchParams({ ...this.query, watch: 'true' }).toString();
    const client = new WatchClient(this.known);
    this.watches += 1;
    await client.open(`${await this.door.url()}/api/v1/${this.path}?${text}`, {
      'last-event-id': this.position!,
    });
    const until = performance.now() + this.door.patience();
    while (performance.now() < until && !client.isOver && !this.isStopping) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await client.close();
    const isRefused = client.code === 410 || client.sent.at(-1)?.object.code === 410;
    this.position = isRefused ? undefined : (client.lastId ?? this.position);
  }
}
