import { ConsumerLog } from '@skein/event-log';
import {
  devicesMatched,
  devicesRendered,
  fleetValidated,
  templateVersionCreated,
  type Delivered,
} from '@skein/events';
import { UNIT_OF_WORK } from '@skein/stream';
import type { Batch, BatchUnit } from '@skein/task';
import { GatewayConsumer } from '../src/gateway.consumer.js';
import { ChangeFeed } from '../src/resources/watch/change-feed.js';
import { ListScene } from './list-scene.js';
import { device } from './manifests.js';
import { WatchClient } from './watch-client.js';

type Loose = ReturnType<typeof JSON.parse>;
type Labels = Readonly<Record<string, string>>;

const handlers = new Map([
  [devicesMatched.type, 'devicesMatched'],
  [devicesRendered.type, 'devicesRendered'],
  [templateVersionCreated.type, 'templateVersionCreated'],
  [fleetValidated.type, 'fleetValidated'],
] as const);

/** A gateway whose lists are watched, and which hears of other services what a test delivers. */
export class WatchScene extends ListScene {
  private clients: WatchClient[] = [];

  /** Watches a list, from a position or with all that is there. */
  readonly watch = async (
    path: string,
    query: Labels = {},
    headers: Record<string, string> = {},
  ): Promise<WatchClient> => {
    const text = new URLSearchParams({ watch: 'true', ...query }).toString();
    const client = new WatchClient();
    this.clients.push(client);
    return client.open(`${await this.app.getUrl()}/api/v1/${path}?${text}`, headers);
  };

  /** Watches it from where it is now; resolves when the client is told of changes together with others. */
  readonly follow = async (path: string, query: Labels = {}): Promise<WatchClient> => {
    const resourceVersion = await this.positionOf(path, query);
    const client = await this.watch(path, { ...query, resourceVersion });
    if (client.code !== 200) throw new Error(client.refusal.message);
    await client.until(() => client.types.includes('BOOKMARK'));
    return client;
  };

  /** Where a list stands. */
  readonly positionOf = async (path: string, query: Labels = {}): Promise<string> =>
    (await this.listOf(path, query)).metadata.resourceVersion;

  readonly put = (name: string, labels: Labels = {}): Promise<Loose> =>
    this.call('PUT', `/devices/${name}`, device(name, { metadata: { labels } }));

  /** Numbers what was appended, as the replayer does, and says so. */
  readonly settle = async (): Promise<void> => {
    await this.number();
    this.app.get(ChangeFeed).wake();
  };

  /** Resolves when the feed has seen all that is numbered, and all of it has taken effect. */
  readonly settled = async (): Promise<void> => {
    await this.settle();
    const [row] = await this.admin.query<{ last: number }>(
      'select coalesce(max(sequence), 0) as last from log.sequence',
    );
    const feed = this.app.get(ChangeFeed);
    while (feed.settled.number < row!.last) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  /** Cuts all clients. */
  readonly hangUp = async (): Promise<void> => {
    const clients = this.clients;
    this.clients = [];
    await Promise.all(clients.map((client) => client.close()));
  };

  /** The number of the last event. */
  readonly lastNumber = async (): Promise<number> => {
    const rows = await this.admin.query<{ sequence: number }>(
      'select sequence from log.sequence order by sequence desc limit 1',
    );
    return rows[0]!.sequence;
  };

  /** The gateway handles what has these numbers, as a stream brings it. */
  readonly deliver = async (...numbers: number[]): Promise<void> => {
    const events = await Promise.all(numbers.map((number) => this.heard.read(number)));
    await this.unit.handle(events as Delivered[], this.dispatch, 0);
  };

  /** The gateway fails to handle it, and puts it down for later. */
  readonly fail = (number: number): Promise<void> => this.unit.fail(number, new Error('poison'));

  /** The gateway handles all that was put down for later, as if it were due. */
  readonly retry = async (): Promise<void> => {
    await this.admin.query('update gateway.retries set due = now()');
    await this.admin.query('update gateway.failed_members set due = now()');
    await this.unit.retryDue(this.dispatch);
  };

  get heard(): ConsumerLog {
    return this.app.get(ConsumerLog);
  }

  private get unit(): BatchUnit {
    return this.app.get<BatchUnit>(UNIT_OF_WORK);
  }

  /** Devices with such a uid cannot be folded. */
  poisoned = new Set<string>();

  private readonly dispatch = async (
    type: string,
    events: readonly Delivered[],
    batch: object,
  ): Promise<void> => {
    const text = JSON.stringify(events);
    if ([...this.poisoned].some((uid) => text.includes(uid))) throw new Error('poison');
    const handler = handlers.get(type)!;
    await this.app.get(GatewayConsumer)[handler](events as never, batch as Batch);
  };
}
