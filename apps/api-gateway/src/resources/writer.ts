import { newUid, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { NamedRow } from '../entities/named-row.js';
import { attempt, Raced } from './attempt.js';
import { originOf, type Caller } from './caller.js';
import type { Body, Draft, Identity, KindRules, Saved } from './kind-rules.js';
import type { Creation, IdempotencyKeys } from './idempotency-keys.js';
import type { OrganisationDatabases } from './organisation-database.js';
import { requireMatch, requireVersion } from './preconditions.js';
import { RefusedRequest } from './refused-request.js';
import { RowTable } from './row-table.js';
import type { WriteRequest } from './write-request.js';

/** What was done to one resource, and what is to be answered. */
interface Done<Result> {
  readonly uid: string;
  readonly events: readonly Draft[];
  readonly result: Result;
}

const MAX_SPEC_BYTES = 60 * 1_024;

function requireSize({ spec }: { spec?: object }): void {
  const size = Buffer.byteLength(JSON.stringify(spec ?? {}));
  if (size <= MAX_SPEC_BYTES) return;
  throw new RefusedRequest(
    'too-large',
    `spec: has ${size} bytes as JSON, and may have ${MAX_SPEC_BYTES}`,
  );
}

function eventsOf(caller: Caller, uid: string, drafts: readonly Draft[]): NewEvent[] {
  const origin = originOf(caller);
  return drafts.map((draft) => ({ ...draft, org: caller.org, subject: uid, origin }));
}

/** Writes resources of one kind: own tables and events in one transaction, and only what changed. */
export class Writer<Row extends NamedRow, Resource extends Body & { spec?: object }> {
  private readonly table: RowTable<Row>;

  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly rules: KindRules<Row, Resource>,
    private readonly keys: IdempotencyKeys,
  ) {
    this.table = new RowTable(organisations.metadataOf(rules.entity));
  }

  /** @throws RefusedRequest when the name is taken */
  create(caller: WriteRequest, body: Resource): Promise<Resource> {
    const { name } = body.metadata;
    if (!name) throw new RefusedRequest('invalid', 'metadata.name: is missing');
    requireSize(body);
    return this.commit(caller, async (transaction) => {
      const identity = { org: caller.org, uid: newUid(), name };
      const earlier = await this.madeBefore(transaction, caller, { ...identity, body });
      if (earlier) return earlier;
      const made = await this.insert(transaction, identity, body);
      if (!made) throw new RefusedRequest('exists', `${this.rules.kind} ${name} exists already`);
      caller.difference?.note({ before: null, after: made.result });
      return made;
    });
  }

  /** Creates it if it is not there. */
  async replace(caller: WriteRequest, name: string, body: Resource): Promise<Saved<Resource>> {
    const said = body.metadata.name ?? name;
    if (said !== name) {
      throw new RefusedRequest('invalid', `metadata.name: is ${said}, and the path says ${name}`);
    }
    requireSize(body);
    let created = false;
    const resource = await this.commit(caller, async (transaction) => {
      const row = await this.table.lock(transaction, { ...caller, name }, 'no key update');
      await this.requireConditions(transaction, caller, row);
      created = row === undefined;
      return row
        ? this.update(transaction, caller, row, body)
        : this.insertNamed(transaction, caller, name, body);
    });
    return { created, resource };
  }

  /**
   * Replaces it by what is made of it as it is read, under the lock of its row: what others wrote before is kept.
   * @throws RefusedRequest when it is not there
   */
  patch(
    caller: WriteRequest,
    name: string,
    apply: (shown: Resource) => Resource,
  ): Promise<Resource> {
    return this.commit(caller, async (transaction) => {
      const row = await this.table.lock(transaction, { ...caller, name }, 'no key update');
      if (!row) throw RefusedRequest.notFound(this.rules.kind, name);
      await this.requireConditions(transaction, caller, row);
      const body = apply(await this.rules.present(transaction, row));
      requireSize(body);
      return this.update(transaction, caller, row, body);
    });
  }

  /** @throws RefusedRequest when it is not there, or must stay */
  async remove(caller: WriteRequest, name: string): Promise<void> {
    const { kind } = this.rules;
    await this.commit(caller, async (transaction) => {
      const row = await this.table.lock(transaction, { ...caller, name }, 'update');
      if (!row) throw RefusedRequest.notFound(kind, name);
      await this.requireConditions(transaction, caller, row);
      const before = caller.difference && (await this.rules.present(transaction, row));
      if (before) caller.difference?.note({ before, after: null });
      const events = await this.rules.remove(transaction, row);
      await this.table.delete(transaction, row);
      return { uid: row.uid, events, result: undefined };
    });
  }

  private commit<Result>(
    request: WriteRequest,
    work: (transaction: Transaction) => Promise<Done<Result>>,
  ): Promise<Result> {
    const change = async (transaction: Transaction) => {
      // The caller may have gone while this waited for its turn.
      request.signal?.throwIfAborted();
      const { uid, events, result } = await work(transaction);
      return { events: eventsOf(request, uid, events), result: () => result };
    };
    const database = this.organisations.of(request.org);
    return attempt(() => (request.dryRun ? database.rehearse(change) : database.commit(change)));
  }

  /** What the client's key stands for, as it is now. */
  private async madeBefore(
    transaction: Transaction,
    { org, idempotencyKey }: WriteRequest,
    creation: Omit<Creation, 'kind'>,
  ): Promise<Done<Resource> | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const { kind } = this.rules;
    const made = await this.keys.note(transaction, idempotencyKey, { ...creation, kind });
    if (!made) return undefined;
    const { uid, name } = made;
    if (!(await this.table.has(transaction, { org, uid }))) {
      throw new RefusedRequest(
        'conflict',
        `Idempotency-Key: ${kind} ${name} was created with it, and is deleted since`,
      );
    }
    return { uid, events: [], result: await this.rules.present(transaction, { org, uid, name }) };
  }

  private async requireConditions(
    transaction: Transaction,
    { ifMatch, onlyNew }: WriteRequest,
    row: Row | undefined,
  ): Promise<void> {
    if (row && onlyNew) {
      const said = `${this.rules.kind} ${row.name} exists already`;
      throw new RefusedRequest('precondition', `If-None-Match: ${said}`);
    }
    if (ifMatch === undefined) return;
    requireMatch(ifMatch, row && (await this.rules.present(transaction, row)));
  }

  private async insertNamed(
    transaction: Transaction,
    { org, difference }: WriteRequest,
    name: string,
    body: Resource,
  ) {
    const { kind } = this.rules;
    const { resourceVersion } = body.metadata;
    if (resourceVersion !== undefined) {
      const said = `${kind} ${name} does not exist, so it has no resourceVersion ${resourceVersion}`;
      throw new RefusedRequest('outdated', said);
    }
    const made = await this.insert(transaction, { org, uid: newUid(), name }, body);
    if (!made) throw new Raced(`${kind} ${name} was created meanwhile`);
    difference?.note({ before: null, after: made.result });
    return made;
  }

  /** Undefined when the name is taken. */
  private async insert(transaction: Transaction, identity: Identity, body: Resource) {
    const { columns, events } = await this.rules.make(transaction, identity, body);
    const labels = body.metadata.labels ?? {};
    const row = { ...identity, labels, generation: 1, version: events.length, ...columns };
    if (!(await this.table.insert(transaction, row, this.rules.views))) return undefined;
    await this.rules.saved?.(transaction, identity, body);
    return { uid: identity.uid, events, result: await this.rules.present(transaction, identity) };
  }

  private async update(
    transaction: Transaction,
    { difference }: WriteRequest,
    row: Row,
    body: Resource,
  ) {
    requireVersion(this.rules.kind, row, body.metadata);
    if (!difference) return this.change(transaction, row, body);
    const before = await this.rules.present(transaction, row);
    const hidden = (await this.rules.hidden?.(transaction, row, body)) ?? [];
    const done = await this.change(transaction, row, body);
    difference.note({ before, after: done.result, hidden });
    return done;
  }

  private async change(transaction: Transaction, row: Row, body: Resource) {
    const { columns, events } = await this.rules.change(transaction, row, body);
    const { org, uid, name } = row;
    const identity = { org, uid, name };
    if (Object.keys(columns).length > 0) {
      const set = { ...columns, version: row.version + events.length };
      await this.table.update(transaction, row, set);
    }
    // Nothing hangs on labels.
    if (columns.generation !== undefined) await this.rules.saved?.(transaction, identity, body);
    return { uid, events, result: await this.rules.present(transaction, identity) };
  }
}
