import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceLabelsUpdated,
  devicesMatched,
  newUid,
  type Delivered,
  type EventDefinition,
  type NewEvent,
  type Origin,
} from '@skein/events';
import { Postgres, type Queryable, type Transaction } from '@skein/postgres';
import type { Dispatch } from '@skein/stream';
import type { Batch } from '../src/batch.js';
import { BatchUnit } from '../src/batch-unit.js';
import type { Task } from '../src/task.js';

export interface Database {
  readonly adminUrl: string;
  urlOf(room: 'gateway' | 'selector'): string;
}

/** Makes the log have events under the numbers that a test gave them. */
type PutIntoLog = (database: Queryable, events: readonly Delivered[]) => Promise<void>;

/** Answers each device that was wanted; everything that it does can be made to fail. */
export class AnsweringTask implements Task {
  readonly calls: string[] = [];
  failure: Error | undefined;

  async lock(_transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    this.calls.push(`lock ${events.map(({ sequence }) => sequence).join()}`);
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    this.calls.push('perform');
    if (this.failure) throw this.failure;
    return batch.wants('device').map(({ org, uid, origin }) => ({
      definition: devicesMatched,
      org,
      subject: org,
      data: { members: [{ device: uid, owner: null, labelsVersion: 1, multipleOwners: [] }] },
      origin,
    }));
  }

  committed(): void {
    this.calls.push('committed');
  }
}

/** A unit of work of the selector around a task of the test, which folds numbers into a table. */
export class UnitScene {
  task = new AnsweringTask();
  unit: BatchUnit;
  /** Events that the handler refuses. */
  poisoned = new Set<number>();
  refusal = new Error('poisoned');

  private constructor(
    readonly admin: Postgres,
    readonly log: EventLog,
    readonly consumer: ConsumerLog,
    private readonly gateway: EventLog,
    private readonly woken: { count: number },
    private readonly putIntoLog: PutIntoLog,
  ) {}

  /** How often the replayer was woken. */
  get wakes(): number {
    return this.woken.count;
  }

  /** `putIntoLog` is for tests that make events with {@link delivered}. */
  static async open(
    database: Database,
    putIntoLog: PutIntoLog = () => Promise.resolve(),
  ): Promise<UnitScene> {
    const connect = (url: string) => Postgres.open({ url, applicationName: 'test' });
    const admin = await connect(database.adminUrl);
    await admin.query('create table selector.folded (number bigint primary key)');
    await admin.query('create table selector.at_commit (number bigint unique initially deferred)');
    await admin.query('grant all on selector.folded, selector.at_commit to public');
    const postgres = await connect(database.urlOf('selector'));
    const gateway = await EventLog.open(
      await connect(database.urlOf('gateway')),
      'gateway',
      () => {},
    );
    const wakes = { count: 0 };
    const log = await EventLog.open(postgres, 'selector', () => (wakes.count += 1));
    const consumer = new ConsumerLog(postgres, 'selector');
    return new UnitScene(admin, log, consumer, gateway, wakes, putIntoLog);
  }

  async close(): Promise<void> {
    const open = [this.admin, this.log.postgres, this.gateway.postgres];
    await Promise.all(open.map((postgres) => postgres.close()));
  }

  async reset(settings: { retryLimit?: number } = {}): Promise<void> {
    await this.admin.query(
      `truncate selector.folded, selector.inbox, selector.retries, selector.failed_members, selector.parked, selector.dead_letters,
                log.events, log.sequence, log.subjects, log.checkpoints, log.hearings`,
    );
    await this.consumer.register();
    Object.assign(this, {
      task: new AnsweringTask(),
      poisoned: new Set(),
      refusal: new Error('poisoned'),
    });
    this.woken.count = 0;
    this.unit = new BatchUnit(this.log, this.consumer, this.task, {
      retryLimit: 10,
      retryBaseMs: 60_000,
      ...settings,
    });
  }

  readonly dispatch: Dispatch = async (type, events, context) => {
    const batch = context as Batch;
    const numbers = events.map(({ sequence }) => sequence);
    this.task.calls.push(`${type.split('.')[2]} ${numbers.join()}`);
    await batch.transaction.query('insert into selector.folded select unnest($1::bigint[])', [
      numbers,
    ]);
    if (numbers.some((number) => this.poisoned.has(number))) throw this.refusal;
    batch.want('device', events);
  };

  async handle(...events: Delivered[]): Promise<void> {
    await this.putIntoLog(this.admin, events);
    await this.unit.handle(events, this.dispatch, 0);
  }

  /** Events of the log, numbered: what a retry reads. */
  async logged(count: number): Promise<Delivered[]> {
    const events = Array.from({ length: count }, () => ({
      definition: deviceLabelsUpdated,
      org: DEFAULT_ORGANISATION,
      subject: newUid(),
      data: { labels: {} },
    }));
    await this.gateway.commit(async () => ({ events, result: () => undefined }));
    const rows = await this.admin.query<{ sequence: number }>(
      `insert into log.sequence select row_number() over (order by position), position, type from log.events
       returning sequence`,
    );
    return Promise.all(rows.map(async ({ sequence }) => (await this.consumer.read(sequence))!));
  }

  async column(table: string, column = 'number'): Promise<unknown[]> {
    const rows = await this.admin.query<{ found: unknown }>(
      `select ${column} as found from selector.${table} order by number`,
    );
    return rows.map(({ found }) => found);
  }

  async tables(): Promise<Record<string, unknown[]>> {
    const names = ['folded', 'inbox', 'retries', 'failed_members', 'parked', 'dead_letters'];
    const found = await Promise.all(
      names.map(async (name) => [name, await this.column(name)] as const),
    );
    return Object.fromEntries(found.filter(([, numbers]) => numbers.length > 0));
  }

  /** What the selector appended. */
  appended(database: Queryable = this.admin) {
    return database.query<
      Record<keyof Origin, string | null> & { data: { members: { device: string }[] } }
    >(`select * from log.events where kind = 'Matching' order by position`);
  }

  /** All retries are due now. */
  async hurry(): Promise<void> {
    await this.admin.query('update selector.retries set due = now()');
    await this.admin.query('update selector.failed_members set due = now()');
  }
}

/** What the stream says that an event is, also when nobody can read it. */
export const deliveryOf = ({ sequence, event: { id } }: Delivered) => ({ sequence, id });

/** An event as the stream brings it. */
export function delivered(
  sequence: number,
  place: { definition?: EventDefinition<never>; subject?: string; origin?: Origin } = {},
): Delivered {
  const { definition = deviceLabelsUpdated, subject = newUid(), origin } = place;
  const { type, kind } = definition;
  const envelope = {
    id: newUid(),
    source: '/gateway',
    type,
    kind,
    subject,
    org: DEFAULT_ORGANISATION,
  };
  return {
    sequence,
    event: { ...envelope, time: '2026-01-01T00:00:00Z', version: 1, data: {}, ...origin },
  };
}
