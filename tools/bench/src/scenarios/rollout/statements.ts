import type pg from 'pg';

const TOP = 15;
const SHOWN_CHARACTERS = 110;

/** Statements that Skein's roles ran. */
export interface Statements {
  readonly calls: number;
  /** By role, the busiest first: calls, and milliseconds in PostgreSQL. */
  readonly roles: readonly Ran[];
  /** The statements that took longest, all calls together. */
  readonly top: readonly (Ran & { readonly text: string })[];
}

interface Ran {
  readonly role: string;
  readonly calls: number;
  readonly milliseconds: number;
}

const RAN = `
from pg_stat_statements s
join pg_roles r on r.oid = s.userid and r.rolname like current_database() || '\\_%'
where s.dbid = (select oid from pg_database where datname = current_database())`;
const role = `replace(r.rolname, current_database() || '_', '') as role`;
const sums = 'sum(s.calls)::int as calls, sum(s.total_exec_time)::float8 as milliseconds';

/** What PostgreSQL counts of statements, with pg_stat_statements. */
export class StatementCounter {
  private constructor(private readonly pool: pg.Pool) {}

  /** Undefined where the extension is missing. */
  static async open(pool: pg.Pool): Promise<StatementCounter | undefined> {
    try {
      await pool.query('create extension if not exists pg_stat_statements');
      await pool.query('select from pg_stat_statements limit 1');
      return new StatementCounter(pool);
    } catch {
      return undefined;
    }
  }

  async reset(): Promise<void> {
    await this.pool.query('select pg_stat_statements_reset()');
  }

  async read(): Promise<Statements> {
    const roles = await this.pool.query<Ran>(
      `select ${role}, ${sums} ${RAN} group by 1 order by 3 desc`,
    );
    const top = await this.pool.query<Ran & { text: string }>(
      `select ${role}, ${sums},
              left(regexp_replace(trim(s.query), '\\s+', ' ', 'g'), ${SHOWN_CHARACTERS}) as text
       ${RAN} group by 1, 4 order by 3 desc limit ${TOP}`,
    );
    const calls = roles.rows.reduce((sum, ran) => sum + ran.calls, 0);
    return { calls, roles: roles.rows, top: top.rows };
  }
}
