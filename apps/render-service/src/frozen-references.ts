import { Injectable } from '@nestjs/common';
import type { NeededReference } from '@skein/domain-render';
import type { FrozenContent, Origin } from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';

/** Whose contents: those of a template version, or of a device without a fleet. */
export interface Need extends NeededReference {
  readonly holder: string;
  /** Of a device: number of the event from which on it has these contents. 0 for a template version. */
  readonly version: number;
}

/** What is known of a reference. */
export interface KnownReference {
  readonly uid: string;
  /** Null until it is frozen. */
  readonly frozen: FrozenContent | null;
  readonly problem: string | null;
  /** The problem answers devices whose rendering was asked for up to this event. */
  readonly problemNumber: number;
}

/** By {@link keyOf}. */
export type KnownReferences = ReadonlyMap<string, KnownReference>;

interface Row {
  readonly holder: string;
  readonly version: number;
  readonly reference: string;
  readonly uid: string;
  readonly revision: string | null;
  readonly digest: string | null;
  readonly size: number;
  readonly problem: string | null;
  readonly problemNumber: number;
}

const ROW = `holder, version, reference, uid, revision, digest, size, problem, problem_number as "problemNumber"`;

const FIND = `
select ${ROW} from render.frozen
join unnest($2::uuid[], $3::bigint[], $4::text[]) as n (holder, version, reference)
  using (holder, version, reference)
where org = $1`;

/** Whoever freezes one of them meanwhile waits for this transaction, and finds then who waits for it. */
const ASK = `
insert into render.frozen as f (org, holder, version, reference, request, asked_number)
select $1, holder, version, reference, request, number
from unnest($2::uuid[], $3::bigint[], $4::text[], $5::json[], $6::bigint[])
  as n (holder, version, reference, request, number)
order by holder, version, reference
on conflict (org, holder, version, reference) do update
  set asked_number = greatest(f.asked_number, excluded.asked_number)
returning ${ROW}`;

const ASK_AGAIN =
  'update render.frozen set problem = null where org = $1 and uid = any($2::uuid[])';

const WANTED = `
select uid from render.wants where org = $1 and kind = 'contents' and uid = any($2::uuid[])`;

const DROP_OLDER = `
delete from render.frozen f using unnest($2::uuid[], $3::bigint[]) as n (holder, version)
where f.org = $1 and f.holder = n.holder and f.version < n.version`;

export function keyOf({ holder, version, key }: Need): string {
  return `${holder}/${version}/${key}`;
}

function known(rows: readonly Row[]): KnownReferences {
  const entry = ({ holder, version, reference, ...row }: Row): [string, KnownReference] => {
    const { uid, revision, digest, size, problem, problemNumber } = row;
    const frozen = digest === null ? null : { revision: revision ?? '', digest, size };
    return [`${holder}/${version}/${reference}`, { uid, frozen, problem, problemNumber }];
  };
  return new Map(rows.map(entry));
}

function columnsOf(needs: readonly Need[]): unknown[][] {
  return [
    needs.map(({ holder }) => holder),
    needs.map(({ version }) => version),
    needs.map(({ key }) => key),
  ];
}

/** Whether somebody whose rendering was asked for by an event must wait for the reference. */
export function isOpen(reference: KnownReference | undefined, dueNumber: number): boolean {
  if (!reference) return true;
  if (reference.frozen) return false;
  return reference.problem === null || reference.problemNumber < dueNumber;
}

/** A need, and the event that asks for it. */
export interface Question {
  readonly need: Need;
  readonly dueNumber: number;
  readonly origin: Origin;
}

/** Each reference once, asked for by the last event. */
function distinct(questions: readonly Question[]): Question[] {
  const found = new Map<string, Question>();
  for (const question of questions) {
    const key = keyOf(question.need);
    const before = found.get(key);
    if (!before || before.dueNumber < question.dueNumber) found.set(key, question);
  }
  return [...found.values()];
}

/** What references were at their first use: the first to write wins, and all devices get that. */
@Injectable()
export class FrozenReferences {
  async find(database: Queryable, org: string, needs: readonly Need[]): Promise<KnownReferences> {
    if (needs.length === 0) return new Map();
    const once = [...new Map(needs.map((need) => [keyOf(need), need])).values()];
    return known(await database.query<Row>(FIND, [org, ...columnsOf(once)]));
  }

  /**
   * Notes that references are needed. Answers what is known of them, and which of them nobody is about to
   * fetch; the caller puts these down as wants in the same transaction.
   */
  async ask(
    transaction: Transaction,
    org: string,
    questions: readonly Question[],
  ): Promise<{ known: KnownReferences; unwanted: Map<string, Question> }> {
    const asked = distinct(questions);
    const needs = asked.map(({ need }) => need);
    await this.dropOlder(transaction, org, needs);
    const rows = await transaction.query<Row>(ASK, [
      org,
      ...columnsOf(needs),
      needs.map(({ reference }) => JSON.stringify(reference)),
      asked.map(({ dueNumber }) => dueNumber),
    ]);
    const found = known(rows);
    const open = asked.flatMap((question) => {
      const reference = found.get(keyOf(question.need))!;
      return isOpen(reference, question.dueNumber) ? [{ ...reference, question }] : [];
    });
    const again = open.filter(({ problem }) => problem !== null).map(({ uid }) => uid);
    if (again.length > 0) await transaction.query(ASK_AGAIN, [org, again]);
    const wanted = await this.wanted(transaction, org, open);
    for (const uid of again) wanted.delete(uid);
    const unwanted = open.filter(({ uid }) => !wanted.has(uid));
    return {
      known: found,
      unwanted: new Map(unwanted.map(({ uid, question }) => [uid, question])),
    };
  }

  private async wanted(
    transaction: Transaction,
    org: string,
    references: readonly { readonly uid: string }[],
  ): Promise<Set<string>> {
    const uids = references.map(({ uid }) => uid);
    const rows = await transaction.query<{ uid: string }>(WANTED, [org, uids]);
    return new Set(rows.map(({ uid }) => uid));
  }

  /** Of devices' own contents only the newest are needed any more. */
  private async dropOlder(transaction: Transaction, org: string, needs: readonly Need[]) {
    const own = needs.filter(({ version }) => version > 0);
    if (own.length === 0) return;
    const [holders, versions] = columnsOf(own);
    await transaction.query(DROP_OLDER, [org, holders, versions]);
  }
}
