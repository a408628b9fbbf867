import type { Delivered, EventDefinition, JsonObject } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { UnitOfWork } from '@skein/stream';
import type { Task } from '@skein/task';
import { openTransaction } from './open-transaction.js';
import { putIntoLog, TEST_SOURCE } from './put-into-log.js';
import { waitFor } from './wait-for.js';

/** An event that a service appended, as a test looks at it. */
export interface Appended {
  readonly type: string;
  readonly org: string;
  readonly subject: string;
  readonly version: number;
  readonly causationid: string | null;
  readonly data: JsonObject;
}

export interface HarnessParts {
  /** The service's own database. */
  readonly postgres: Queryable;
  /** The same with the role that migrated it. */
  readonly adminUrl: string;
  /** The controller with the `@EventPattern` handlers. */
  readonly consumer: object;
  readonly unit: UnitOfWork;
}

/** Where an event that a test makes differs from the next one of its subject. */
export interface Place {
  readonly org?: string;
  /** The event's number, when it is not the next one: for events that arrive late. */
  readonly sequence?: number;
  readonly version?: number;
}

export interface ConsumerHarness {
  /** An event with the next number and the subject's next version. */
  event<Data>(
    definition: EventDefinition<Data>,
    subject: string,
    data: Data,
    place?: Place,
  ): Delivered<Data>;
  /** Handles one batch, as the stream brings it, and resolves with what was appended since the last look. */
  handle(...events: Delivered[]): Promise<Appended[]>;
  /**
   * Handles two batches as two replicas would, at once: the first commits only after the
   * second has ended, or waits for one of its locks. `task` is the one of the unit.
   */
  sideBySide(
    task: Pick<Task, 'perform'>,
    first: readonly Delivered[],
    second: readonly Delivered[],
  ): Promise<Appended[]>;
  /** What was appended since the last look. */
  appended(): Promise<Appended[]>;
}

const ORGANISATION = '00000000-0000-0000-0000-000000000000';
/** Where Nest keeps the pattern of an event handler. */
const PATTERN = 'microservices:pattern';

type Handler = (events: readonly Delivered[], batch: object) => Promise<void>;
type Reflection = { getMetadata(key: string, target: object): unknown };

function handlersOf(consumer: object): Map<string, Handler> {
  const prototype = Object.getPrototypeOf(consumer) as Record<string, Handler>;
  const reflection = Reflect as unknown as Reflection;
  const handlers = Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const patterns = reflection.getMetadata(PATTERN, prototype[name]!) as string[] | undefined;
    return (patterns ?? []).map((type) => [type, prototype[name]!.bind(consumer)] as const);
  });
  return new Map(handlers);
}

function eventMaker(): ConsumerHarness['event'] {
  const versions = new Map<string, number>();
  let last = 0;
  return (definition, subject, data, { org = ORGANISATION, ...place } = {}) => {
    const sequence = place.sequence ?? (last += 1);
    last = Math.max(last, sequence);
    const key = `${org}/${definition.kind}/${subject}`;
    const version = place.version ?? (versions.get(key) ?? 0) + 1;
    versions.set(key, Math.max(versions.get(key) ?? 0, version));
    const { type, kind } = definition;
    const id = `00000000-0000-7000-8000-${sequence.toString().padStart(12, '0')}`;
    const envelope = { id, source: TEST_SOURCE, type, kind, subject, time: '2026-01-01T00:00:00Z' };
    return { sequence, event: { ...envelope, org, version, data } };
  };
}

async function blocksSomebody(database: Queryable, pid: number): Promise<boolean> {
  const rows = await database.query(
    'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
    [pid],
  );
  return rows.length > 0;
}

/** Lets the task's next transaction commit only after the other work has ended or waits for it. */
function holdBack(task: Pick<Task, 'perform'>, database: Queryable, work: () => Promise<void>) {
  const perform = task.perform.bind(task);
  let other: Promise<void> | undefined;
  task.perform = async (batch) => {
    task.perform = perform;
    const events = await perform(batch);
    const [own] = await batch.transaction.query<{ pid: number }>('select pg_backend_pid() as pid');
    let ended = false;
    other = work().finally(() => {
      ended = true;
    });
    other.catch(() => undefined);
    await waitFor(async () => ended || (await blocksSomebody(database, own!.pid)));
    return events;
  };
  return () => other;
}

function appendedReader(database: Queryable): ConsumerHarness['appended'] {
  let seen = 0;
  return async () => {
    const rows = await database.query<Appended & { position: number }>(
      `select e.position, t.name as type, e.org, e.subject, e.version, e.causationid, e.data
       from log.events e join log.types t on t.id = e.type
       where e.position > $1 and e.source <> $2 order by e.position`,
      [seen, TEST_SOURCE],
    );
    seen = rows.at(-1)?.position ?? seen;
    return rows.map(({ position: _position, ...event }) => event);
  };
}

/** Drives a service's consumer and task with batches of events, without streams. */
export function consumerHarness(parts: HarnessParts): ConsumerHarness {
  const { postgres, adminUrl, consumer, unit } = parts;
  const handlers = handlersOf(consumer);
  const appended = appendedReader(postgres);
  const dispatch = async (type: string, events: readonly Delivered[], batch: object) => {
    const handler = handlers.get(type);
    if (!handler) throw new Error(`the consumer has no handler for ${type}`);
    await handler(events, batch);
  };
  const handle = async (events: readonly Delivered[]) => {
    const log = await openTransaction(adminUrl);
    await putIntoLog(log, events);
    await log.commit();
    await unit.handle(events, dispatch, 0);
  };
  return {
    event: eventMaker(),
    appended,
    handle: async (...events) => {
      await handle(events);
      return appended();
    },
    sideBySide: async (task, first, second) => {
      const other = holdBack(task, postgres, () => handle(second));
      await handle(first);
      await other();
      return appended();
    },
  };
}
