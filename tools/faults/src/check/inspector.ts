import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@skein/postgres';
import type { Writers } from '../load/writers.js';
import type { Stage } from '../stage/stage.js';
import {
  ACKNOWLEDGED_AND_NOT_IN_THE_LOG,
  REMOVED_AND_NOT_IN_THE_LOG,
  never,
  unhandled,
  untilDone,
  type Check,
} from './checks.js';
import { budgetHeld } from './budget-checks.js';
import { largeJoins } from './large-joins.js';
import { noEarlyBatch, rolloutsEnd } from './rollout-checks.js';
import { viewChecks } from './view-checks.js';

/** What is wrong, in words, and how much of it. */
export interface Finding {
  readonly text: string;
  readonly count: number;
  readonly counts?: Check['counts'];
}

interface Row {
  readonly what: string;
}

/** What the API answered. */
export type Writes = Pick<Writers, 'acknowledged' | 'removed'>;

const waiting = [...untilDone, ...rolloutsEnd];
const inLog = [...noEarlyBatch, budgetHeld];
const lookMs = 100;
const shown = 3;
/** What died while it was tried counts as a failed attempt. */
const died = 'its process ended while it was handled';

/** What a scenario did that excuses something. */
export interface Excuses {
  /** Consumers were killed, which counts as failing once. */
  readonly killsConsumers: boolean;
  /** Entries left a stream unhandled: the checkpoint had holes to heal. */
  readonly losesEntries: boolean;
}

/** Looks at PostgreSQL and Redis from outside of all services. */
export class Inspector {
  /** What was waited for when it was looked at last. */
  lastWaiting = 'nothing';

  constructor(private readonly stage: Stage) {}

  /** Looks until nothing waits any more, or the time is up; answers what waits then. */
  async untilDone(withinMs: number): Promise<Finding[]> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      const finding = await this.firstWaiting();
      if (!finding) return [];
      this.lastWaiting = finding.text;
      await sleep(lookMs);
    }
    const found = await this.all(waiting);
    const pending = await this.pending();
    return pending ? [...found, pending] : found;
  }

  /** What happened and must never happen. */
  async wrong(writes: Writes, excuses: Excuses): Promise<Finding[]> {
    const { killsConsumers, losesEntries } = excuses;
    return [
      ...(await this.lostWrites(writes)),
      ...(await this.all(losesEntries ? never.filter((check) => check !== unhandled) : never)),
      ...(await this.all(viewChecks)),
      ...(await largeJoins(this.stage.postgres, (one) => this.all(inLog, one))),
      ...(await this.failedAttempts(killsConsumers)),
    ];
  }

  /** Writes that the API answered and that are not in the log. */
  private async lostWrites({ acknowledged: writes, removed }: Writes): Promise<Finding[]> {
    const parameters = [
      writes.map(({ kind }) => kind),
      writes.map(({ name }) => name),
      writes.map(({ version }) => version),
      writes.map(({ write }) => String(write)),
    ];
    const rows = [
      ...(await this.query(ACKNOWLEDGED_AND_NOT_IN_THE_LOG, parameters)),
      ...(await this.query(REMOVED_AND_NOT_IN_THE_LOG, [removed])),
    ];
    const name = 'an acknowledged write that is not in the log';
    return rows.length > 0 ? [{ ...describe(name, rows), counts: 'lost' }] : [];
  }

  /** Attempts that failed, though a later one may have succeeded. */
  private async failedAttempts(killed: boolean): Promise<Finding[]> {
    const rows = await this.query(
      `select service || ' ' || number || ', ' || reason as what from faults.failures
       where not ($1 and reason = '${died}')
         and (service, number) not in (select service, number from faults.expected)`,
      [killed],
    );
    return rows.length > 0 ? [describe('an attempt that failed', rows)] : [];
  }

  private async firstWaiting(): Promise<Finding | undefined> {
    for (const check of waiting) {
      const finding = await this.look(check);
      if (finding) return finding;
    }
    return this.pending();
  }

  private async all(
    checks: readonly Check[],
    database: Queryable = this.stage.postgres,
  ): Promise<Finding[]> {
    const found: Finding[] = [];
    for (const check of checks) {
      const finding = await this.look(check, database);
      if (finding) found.push(finding);
    }
    return found;
  }

  private async look(
    { name, sql, counts }: Check,
    database: Queryable = this.stage.postgres,
  ): Promise<Finding | undefined> {
    const rows = whatOf(await database.query<Row>(sql));
    if (rows.length === 0) return undefined;
    return { ...describe(name, rows), ...(counts && { counts }) };
  }

  /** What was delivered and is not acknowledged. */
  private async pending(): Promise<Finding | undefined> {
    const redis = this.stage.redisClient;
    const rows: string[] = [];
    let count = 0;
    for (const key of await redis.keys('*:events')) {
      const [, group = ''] = /\{(\w+)\.\w+\}:events$/.exec(key) ?? [];
      const [pending] = (await redis.xpending(key, group).catch(ofNoGroup)) as [number];
      count += pending;
      if (pending > 0) rows.push(`${group}: ${pending}`);
    }
    if (count === 0) return undefined;
    return { ...describe('delivered and not acknowledged', rows), count };
  }

  private async query(sql: string, parameters: unknown[] = []): Promise<string[]> {
    return whatOf(await this.stage.postgres.query<Row>(sql, parameters));
  }
}

function whatOf(rows: readonly Row[]): string[] {
  return rows.map(({ what }) => what);
}

/** A stream whose group is gone is about to be rebuilt. */
function ofNoGroup(error: Error): [number] {
  if (!error.message.startsWith('NOGROUP')) throw error;
  return [1];
}

function describe(name: string, rows: readonly string[]): Finding {
  const more = rows.length > shown ? '; …' : '';
  const text = `${rows.length} × ${name}: ${rows.slice(0, shown).join('; ')}${more}`;
  return { text, count: rows.length };
}
