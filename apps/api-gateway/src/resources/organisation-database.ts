import { Injectable } from '@nestjs/common';
import { EventLog, type Change } from '@skein/event-log';
import type { Database, Postgres, QueryOptions, Transaction } from '@skein/postgres';
import type { EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';

/** The rows of one organisation, and nothing else, whatever a statement says: PostgreSQL's policies hold it to that. */
export class OrganisationDatabase implements Database {
  constructor(
    private readonly log: EventLog,
    private readonly database: Database,
  ) {}

  query<Row>(sql: string, parameters?: readonly unknown[], options?: QueryOptions): Promise<Row[]> {
    return this.database.query(sql, parameters, options);
  }

  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.transaction(work);
  }

  /** As {@link EventLog.commit}. */
  commit<Result>(work: (transaction: Transaction) => Promise<Change<Result>>): Promise<Result> {
    return this.log.commit(work, this.database);
  }

  /** As {@link commit} up to the commit: everything is checked, and nothing stays. */
  async rehearse<Result>(
    work: (transaction: Transaction) => Promise<Change<Result>>,
  ): Promise<Result> {
    try {
      return await this.database.transaction<never>(async (transaction) => {
        const { events, result } = await work(transaction);
        throw new Rehearsed(result(await this.log.append(transaction, events)));
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.result as Result;
      throw error;
    }
  }
}

/** Takes the transaction back, and the result out of it. */
class Rehearsed<Result> extends Error {
  constructor(readonly result: Result) {
    super('rehearsed');
  }
}

/** PostgreSQL, organisation by organisation: all that the gateway does for one of them goes through here (ADR 0032). */
@Injectable()
export class OrganisationDatabases {
  private readonly postgres: Postgres;

  private constructor(
    private readonly log: EventLog,
    private readonly role: string,
  ) {
    this.postgres = log.postgres;
  }

  /** The migrations name the role after ours. */
  static async open(log: EventLog): Promise<OrganisationDatabases> {
    const [row] = await log.postgres.query<{ role: string }>(
      `select session_user || '_requests' as role`,
    );
    return new OrganisationDatabases(log, row!.role);
  }

  of(org: string): OrganisationDatabase {
    const scope = { role: this.role, 'skein.org': org };
    return new OrganisationDatabase(this.log, this.postgres.within(scope));
  }

  /** What TypeORM knows of a table. */
  metadataOf(entity: EntityTarget<ObjectLiteral>): EntityMetadata {
    return this.postgres.dataSource.getMetadata(entity);
  }
}
