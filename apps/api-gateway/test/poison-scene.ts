import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceDeleted,
  newUid,
  type Delivered,
  type NewEvent,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { BatchUnit } from '@skein/task';

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'gateway' | 'selector'): string;
}

/** Another service than the gateway: a selector that counts what took effect, and fails where it is told to. */
export class PoisonScene {
  poisoned = new Set<number>();
  private readonly unit: BatchUnit;

  private constructor(
    readonly admin: Postgres,
    private readonly selector: EventLog,
    private readonly gateway: EventLog,
    readonly consumer: ConsumerLog,
  ) {
    const task = { perform: () => Promise.resolve([]) };
    const settings = { retryLimit: 1, retryBaseMs: 1 };
    this.unit = new BatchUnit(selector, consumer, task, settings);
  }

  static async open(database: Database): Promise<PoisonScene> {
    const open = (url: string) => Postgres.open({ url, applicationName: 'test' });
    const [admin, selector, gateway] = await Promise.all(
      [database.adminUrl, database.urlOf('selector'), database.urlOf('gateway')].map(open),
    );
    await admin!.query('create table selector.effects (number bigint)');
    await admin!.query('grant all on selector.effects to public');
    const wake = () => undefined;
    const consumer = new ConsumerLog(selector!, 'selector');
    await consumer.register();
    return new PoisonScene(
      admin!,
      await EventLog.open(selector!, 'selector', wake),
      await EventLog.open(gateway!, 'gateway', wake),
      consumer,
    );
  }

  async close(): Promise<void> {
    const open = [this.admin, this.selector.postgres, this.gateway.postgres];
    await Promise.all(open.map((postgres) => postgres.close()));
  }

  async empty(): Promise<void> {
    await this.admin.query(
      `truncate selector.effects, selector.inbox, selector.retries, selector.parked,
                selector.dead_letters, render.dead_letters, log.events, log.sequence, log.subjects`,
    );
    this.poisoned = new Set();
  }

  /** Appends and numbers events of devices that are deleted; answers their numbers. */
  async logged(count: number, org = DEFAULT_ORGANISATION): Promise<number[]> {
    const event = (): NewEvent => ({
      definition: deviceDeleted,
      org,
      subject: newUid(),
      data: { name: 'd' },
    });
    const events = Array.from({ length: count }, event);
    await this.gateway.commit(async () => ({ events, result: () => undefined }));
    await this.admin.query(
      `insert into gateway.names (org, uid, kind, name)
       select org, subject, kind, 'd' from log.events where kind = 'Device' on conflict do nothing`,
    );
    return this.number();
  }

  /** Gives numbers to what has none. */
  async number(): Promise<number[]> {
    const rows = await this.admin.query<{ sequence: number }>(
      `insert into log.sequence (sequence, position, type)
       select (select coalesce(max(sequence), 0) from log.sequence) + row_number() over (order by position), position, type
       from log.events e where not exists (select from log.sequence s where s.position = e.position)
       order by position returning sequence`,
    );
    return rows.map(({ sequence }) => sequence);
  }

  /** As the stream brings it, and again if it fails, until it took effect or was given up. */
  async deliver(number: number): Promise<void> {
    const delivered = (await this.consumer.read(number))!;
    try {
      await this.unit.handle([delivered], this.dispatch, 0);
    } catch (error) {
      await this.unit.fail(number, error as Error);
      await this.retry();
    }
  }

  /** Runs all retries, as if they were due. */
  async retry(): Promise<void> {
    await this.admin.query('update selector.retries set due = now()');
    await this.unit.retryDue(this.dispatch);
  }

  async effects(): Promise<number[]> {
    const rows = await this.admin.query<{ number: number }>(
      'select number from selector.effects order by number',
    );
    return rows.map(({ number }) => number);
  }

  async numbersIn(table: string): Promise<number[]> {
    const rows = await this.admin.query<{ number: number }>(
      `select number from ${table} order by number`,
    );
    return rows.map(({ number }) => number);
  }

  private readonly dispatch = async (
    _type: string,
    events: readonly Delivered[],
    batch: object,
  ): Promise<void> => {
    const { transaction } = batch as { transaction: Postgres };
    for (const { sequence } of events) {
      if (this.poisoned.has(sequence)) throw new Error(`event ${sequence} is poisoned`);
      await transaction.query('insert into selector.effects values ($1)', [sequence]);
    }
  };
}
