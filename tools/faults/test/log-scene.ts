import { catalogue, DEFAULT_ORGANISATION, groups, newUid, topology } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import type { Check } from '../src/check/checks.js';
import { openLedger } from '../src/check/ledger.js';

/** A database with a log that a test writes itself, one numbered event after the other. */
export class LogScene {
  private number = 0;
  private readonly versions = new Map<string, number>();

  private constructor(
    private readonly database: MigratedDatabase,
    readonly admin: Postgres,
  ) {}

  static async open(): Promise<LogScene> {
    const database = await migratedDatabase();
    const admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
    await openLedger(admin);
    await admin.query('select log.register_types($1)', [[...catalogue.keys()]]);
    for (const service of groups) {
      const heard = [...topology[service]];
      await admin.query('select log.register_hearing($1, $2)', [service, heard]);
    }
    return new LogScene(database, admin);
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.database.close();
  }

  async clear(): Promise<void> {
    const tables = await this.admin.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname = any($1) or schemaname = 'log' and tablename in ('events', 'sequence')`,
      [[...groups]],
    );
    await this.admin.query(`truncate ${tables.map(({ name }) => name).join(', ')} cascade`);
    this.number = 0;
    this.versions.clear();
  }

  /**
   * Appends an event of this type, such as `device.created`, and numbers it.
   * @param subject its uid; a new one by default
   */
  async event(type: string, data: object, subject: string = newUid()): Promise<string> {
    const name = `skein.${type}.v1`;
    const { kind } = catalogue.get(name)!;
    const version = (this.versions.get(kind + subject) ?? 0) + 1;
    this.versions.set(kind + subject, version);
    await this.admin.query(
      `with appended as (
         insert into log.events (id, org, kind, subject, version, type, source, data)
         select $1, $2, $3, $4, $5, id, '/test', $7 from log.types where name = $6
         returning position, type
       )
       insert into log.sequence (sequence, position, type) select $8, position, type from appended`,
      [
        ...[newUid(), DEFAULT_ORGANISATION, kind, subject, version, name],
        ...[JSON.stringify(data), (this.number += 1)],
      ],
    );
    return subject;
  }

  /** What the checks find, by their names. */
  async found(checks: readonly Check[]): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const { name, sql } of checks) {
      const rows = await this.admin.query<{ what: string }>(sql);
      if (rows.length > 0) found[name] = rows.map(({ what }) => what);
    }
    return found;
  }
}
