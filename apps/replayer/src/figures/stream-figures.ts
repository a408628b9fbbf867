import { setTimeout as sleep } from 'node:timers/promises';
import type { Postgres } from '@skein/postgres';
import type { Stream, StreamLook } from '../publishing/stream.js';
import type { PublishTally, Tallied } from '../publishing/tally.js';
import type { Window } from '../publishing/window.js';
import { Backlog } from './backlog.js';
import { Since } from './since.js';

/** What a person needs to know about one stream. Null: Redis does not answer, or has no stream. */
export interface StreamFigures extends Tallied {
  /** Heard and not handled: also what still waits in PostgreSQL, and retries that are due or run now. */
  readonly lag: number;
  /** Whether the lag is counted to its end; if not, it is at least so long. */
  readonly lagIsComplete: boolean;
  /** Delivered and not acknowledged. */
  readonly pending: number | null;
  /** Seconds that the oldest of them waits for its acknowledgement. */
  readonly oldestPendingSeconds: number | null;
  readonly checkpoint: number;
  /** Seconds since the checkpoint moved. */
  readonly checkpointAgeSeconds: number;
  /** Seconds that a rebuild of the stream from its checkpoint goes back. */
  readonly replayWindowSeconds: number;
  /** Events, and members of batch events whose other members are handled. */
  readonly retries: number;
  readonly dueRetries: number;
  readonly parked: number;
  readonly deadLetters: number;
  /** Deliveries of what was delivered before. */
  readonly redeliveries: number;
  /** Deliveries that the fence kept from taking effect again. */
  readonly fenceHits: number;
  /** Entries in the stream, and how many there may be. */
  readonly windowEntries: number | null;
  readonly windowLimit: number;
  /** Bytes of the events in the stream, and how many there may be. */
  readonly windowBytes: number | null;
  readonly windowBytesLimit: number;
  /** The fuller of both, 1 when the stream is full; above it when one event is larger than the limit. */
  readonly windowFill: number | null;
}

/** Tables are counted up to this; nobody needs to know more exactly. */
const COUNT_LIMIT = 100_000;
/** How long a look waits for Redis, which may be away. */
const REDIS_PATIENCE_MS = 500;

interface Row {
  readonly checkpoint: number;
  readonly age: number;
  readonly last: number;
  readonly hearings: number;
  readonly done: number;
  readonly waitingAhead: number;
  readonly dueBehind: number;
  readonly retries: number;
  readonly dueRetries: number;
  readonly parked: number;
  readonly deadLetters: number;
  readonly redeliveries: number;
  readonly fenceHits: number;
}

const counted = (from: string) =>
  `(select count(*) from (select from ${from} limit ${COUNT_LIMIT}) as found)`;

/** `tried_by`: it runs now, and its due time is when somebody else may try it. */
const DUE = '(due <= now() or tried_by is not null)';

/** Nothing is routed: all that the service hears is for its first partition. */
const UNROUTED = `(not exists (select from log.detours d where d.service = c.service)
  and not exists (select from log.partition_counts p where p.service = c.service))`;

/** How many rows above the checkpoint are of the stream's partition. */
const ahead = (schema: string, rows: string) => {
  const above = `select number from ${schema}.${rows} and number > c.number limit ${COUNT_LIMIT}`;
  return `
  case when ${UNROUTED} then (select count(*) from (${above}) as found)
    else (select count(*) from log.of_partition(c.service, c.partition, array(${above}))) end`;
};

/** What a service has, whatever the partition, is said of its first one. */
const once = (sql: string) => `case when c.partition = 0 then ${sql} else 0 end`;

const rowOf = (schema: string) => `
select c.number as checkpoint, extract(epoch from now() - c.updated_at)::double precision as age,
  (select coalesce(max(sequence), 0) from log.sequence) as last,
  (select coalesce(sum(type), 0)::bigint from log.hearings where service = c.service) as hearings,
  ${ahead(schema, 'inbox where true')} as done,
  ${ahead(schema, 'parked where true')} + ${ahead(schema, `retries where not ${DUE}`)} as "waitingAhead",
  ${once(`${counted(`${schema}.retries where ${DUE} and number <= (
      select max(number) from log.checkpoints where service = c.service)`)}
    + ${counted(`${schema}.failed_members where ${DUE}`)}`)} as "dueBehind",
  ${once(`${counted(`${schema}.retries`)} + ${counted(`${schema}.failed_members`)}`)} as retries,
  ${once(`${counted(`${schema}.retries where ${DUE}`)}
    + ${counted(`${schema}.failed_members where ${DUE}`)}`)} as "dueRetries",
  ${once(counted(`${schema}.parked`))} as parked,
  ${once(counted(`${schema}.dead_letters`))} as "deadLetters",
  ${once(`coalesce((select value from ${schema}.counts where name = 'redeliveries'), 0)`)} as redeliveries,
  ${once(`coalesce((select value from ${schema}.counts where name = 'fenceHits'), 0)`)} as "fenceHits"
from log.checkpoints c where c.service = $1 and c.partition = $2`;

/** Reads the figures of one stream, about once a second: nothing here grows with the log. */
export class StreamFiguresReader {
  private readonly backlog: Backlog;
  private readonly pendingSince = new Since();
  private look: { answer?: StreamLook | undefined } | undefined;

  constructor(
    private readonly postgres: Postgres,
    private readonly stream: Stream,
    readonly tally: PublishTally,
    private readonly window: Window,
  ) {
    this.backlog = new Backlog(postgres, stream, window);
  }

  get group() {
    return this.stream.group;
  }

  get partition() {
    return this.stream.partition;
  }

  /** Undefined without a checkpoint. */
  async read(): Promise<StreamFigures | undefined> {
    // Read before the log is: what is published meanwhile lies above the end that is found.
    const { publishedTo } = this.tally.now;
    const [row] = await this.postgres.query<Row>(rowOf(this.group), [this.group, this.partition]);
    if (!row) return undefined;
    if (row.last < publishedTo) this.tally.endOfLog(row.last);
    const backlog = await this.backlog.look(row);
    const { checkpoint, age, last, done, waitingAhead, dueBehind } = row;
    const { retries, dueRetries, parked, deadLetters, redeliveries, fenceHits } = row;
    return {
      lag: Math.max(backlog.events - done - waitingAhead, 0) + dueBehind,
      lagIsComplete: backlog.complete,
      checkpoint,
      checkpointAgeSeconds: age,
      replayWindowSeconds: checkpoint < last ? age : 0,
      ...{ retries, dueRetries, parked, deadLetters, redeliveries, fenceHits },
      ...this.inRedis(await this.redis()),
      ...this.tally.now,
    };
  }

  private inRedis(found: StreamLook | undefined) {
    const { entries: windowLimit, bytes: windowBytesLimit } = this.window.limits;
    const limits = { windowLimit, windowBytesLimit };
    const since = this.pendingSince.seconds(found?.oldestPending, Date.now());
    if (!found) {
      const unknown = { pending: null, oldestPendingSeconds: null };
      return { ...unknown, ...limits, windowEntries: null, windowBytes: null, windowFill: null };
    }
    const bytes = this.window.bytes;
    return {
      ...limits,
      pending: found.pending,
      // A live consumer renews its claim, which looks like a new delivery.
      oldestPendingSeconds: Math.max(since ?? 0, found.oldestPendingIdleMs / 1_000),
      windowEntries: found.entries,
      windowBytes: bytes ?? null,
      windowFill: Math.max(found.entries / windowLimit, (bytes ?? 0) / windowBytesLimit),
    };
  }

  /** One question at a time: while Redis is away, it stays open. */
  private async redis(): Promise<StreamLook | undefined> {
    if (this.look) return undefined;
    const look: { answer?: StreamLook | undefined } = {};
    this.look = look;
    const asked = this.stream.look().then(
      (answer) => Object.assign(look, { answer }),
      () => undefined,
    );
    const settled = asked.finally(() => (this.look = undefined));
    const enough = new AbortController();
    const timer = sleep(REDIS_PATIENCE_MS, undefined, { signal: enough.signal });
    await Promise.race([settled, timer]).catch(() => undefined);
    enough.abort();
    await timer.catch(() => undefined);
    return look.answer;
  }
}
