import { Injectable } from '@nestjs/common';
import type { Reference } from '@skein/domain-template';
import type { FrozenContent } from '@skein/events';
import { Postgres, type Transaction } from '@skein/postgres';
import { Wants, type ClaimedWant } from '@skein/task';
import { RenderView } from './render.view.js';

/** A reference that devices wait for. */
export interface AskedReference {
  readonly request: Reference;
  /** The highest number of an event that asked for it. */
  readonly askedNumber: number;
  /** Whether it is frozen, or known to be broken, already. */
  readonly settled: boolean;
  /** The template version that it is of, and its fleet; both null for a device without a fleet. */
  readonly templateVersion: string | null;
  readonly fleet: string | null;
}

/** What fetching it gave: contents, or what a person must mend. */
export type Settlement = { readonly frozen: FrozenContent } | { readonly problem: string };

const READ = `
select request, asked_number as "askedNumber",
       digest is not null or problem is not null as settled, t.fleet,
       t.template_version as "templateVersion"
from render.frozen f
left join render.template_versions t on t.org = f.org and t.template_version = f.holder
where f.org = $1 and f.uid = $2 for no key update of f`;

const WAITED_FOR = `
select from render.devices where org = $1 and waits_for = $2 and pending limit 1`;

/** The first to write wins. */
const FREEZE = `
update render.frozen set revision = $3, digest = $4, size = $5, problem = null
where org = $1 and uid = $2 and digest is null`;

const REFUSE = `
update render.frozen set problem = $3, problem_number = $4
where org = $1 and uid = $2 and digest is null`;

/** One that somebody else has locked is in the queue anyway. */
const RELEASE = `
with found as materialized (
  select device from render.devices where org = $1 and waits_for = $2
  order by device limit $3 for no key update skip locked
)
update render.devices d set set_aside_number = 0, waits_for = null
from found where d.org = $1 and d.device = found.device
returning 1`;

const RELEASED_AT_ONCE = 5_000;

/** References from when somebody asks for them until those who waited go on. */
@Injectable()
export class AskedReferences {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly view: RenderView,
  ) {}

  /** Ends the want, and answers nothing, when nobody waits for the reference any more. */
  async open(want: ClaimedWant): Promise<AskedReference | undefined> {
    return this.postgres.transaction(async (transaction) => {
      // Locked first: who is about to ask is seen in the next statement, or asks after this.
      const [found] = await transaction.query<AskedReference>(READ, [want.org, want.uid]);
      const waiting = await transaction.query(WAITED_FOR, [want.org, want.uid]);
      if (found && waiting.length > 0) return found;
      await this.wants.done(transaction, [want]);
      return undefined;
    });
  }

  /** Has no effect when a peer came first. */
  async settle(
    { org, uid }: ClaimedWant,
    settlement: Settlement,
    askedNumber: number,
  ): Promise<void> {
    if ('problem' in settlement) {
      await this.postgres.query(REFUSE, [org, uid, settlement.problem, askedNumber]);
      return;
    }
    const { revision, digest, size } = settlement.frozen;
    await this.postgres.query(FREEZE, [org, uid, revision, digest, size]);
  }

  /** Who waited goes back into the queue, many at once; then the want ends. */
  async release(want: ClaimedWant): Promise<void> {
    let released: number;
    do {
      released = await this.postgres.transaction(async (transaction) => {
        const count = await this.releaseSome(transaction, want);
        if (count < RELEASED_AT_ONCE) await this.wants.done(transaction, [want]);
        return count;
      });
    } while (released === RELEASED_AT_ONCE);
  }

  private async releaseSome(transaction: Transaction, { org, uid }: ClaimedWant): Promise<number> {
    await this.view.lock(transaction, [org]);
    const rows = await transaction.query(RELEASE, [org, uid, RELEASED_AT_ONCE]);
    return rows.length;
  }
}
