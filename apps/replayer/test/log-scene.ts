import { EventLog } from '@skein/event-log';
import { DEFAULT_ORGANISATION, deviceDeleted, newUid, type NewEvent } from '@skein/events';
import { Postgres, type Queryable, type Transaction } from '@skein/postgres';

/** A transaction that a test holds open. */
export interface Held extends Queryable {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Database {
  readonly adminUrl: string;
  urlOf(room: 'gateway' | 'replayer' | 'selector'): string;
}

/** Somebody who appends, and somebody who looks at what became of it. */
export class LogScene {
  private held: Held[] = [];

  private constructor(
    private readonly database: Database,
    private readonly begin: (url: string) => Promise<Held>,
    readonly admin: Postgres,
    readonly replayer: Postgres,
    readonly gateway: EventLog,
  ) {}

  static async open(database: Database, begin: (url: string) => Promise<Held>): Promise<LogScene> {
    const connect = (url: string) => Postgres.open({ url, applicationName: 'test' });
    const [admin, replayer, gateway] = await Promise.all(
      [database.adminUrl, database.urlOf('replayer'), database.urlOf('gateway')].map(connect),
    );
    const log = await EventLog.open(gateway!, 'gateway', () => undefined);
    return new LogScene(database, begin, admin!, replayer!, log);
  }

  async close(): Promise<void> {
    await Promise.all([this.admin, this.replayer, this.gateway.postgres].map((one) => one.close()));
  }

  /** An empty log, with nothing in flight. */
  async empty(): Promise<void> {
    await Promise.all(
      this.held.map((transaction) => transaction.rollback().catch(() => undefined)),
    );
    this.held = [];
    await this.admin.query('truncate log.events, log.sequence, log.subjects');
    await this.admin.query('alter sequence log.event_position restart');
    await this.admin.query('update log.settled set position = 0, number = 0');
  }

  event(subject = newUid(), name = 'x'): NewEvent {
    return { definition: deviceDeleted, org: DEFAULT_ORGANISATION, subject, data: { name } };
  }

  events(count: number): NewEvent[] {
    return Array.from({ length: count }, () => this.event());
  }

  commit(...events: NewEvent[]): Promise<void> {
    const all = events.length > 0 ? events : [this.event()];
    return this.gateway.commit(async () => ({ events: all, result: () => undefined }));
  }

  async append(transaction: Held, events: NewEvent[] = [this.event()]): Promise<void> {
    await this.gateway.append(transaction as unknown as Transaction, events);
  }

  async hold(url = this.database.urlOf('gateway')): Promise<Held> {
    const transaction = await this.begin(url);
    this.held.push(transaction);
    return transaction;
  }

  /** A transaction that has drawn positions and stays open. */
  async inFlight(count = 1): Promise<Held> {
    const transaction = await this.hold();
    await this.append(transaction, this.events(count));
    return transaction;
  }

  /** What a stream says of events with these numbers. */
  deliveries(numbers: readonly number[]): Promise<{ sequence: number; id: string }[]> {
    return this.admin.query(
      `select s.sequence, e.id from log.sequence s join log.events e on e.position = s.position
       where s.sequence = any($1) order by s.sequence`,
      [numbers],
    );
  }

  /** Sequence numbers with their positions, in order. */
  sequence(): Promise<{ sequence: number; position: number }[]> {
    return this.admin.query('select sequence, position from log.sequence order by sequence');
  }
}
