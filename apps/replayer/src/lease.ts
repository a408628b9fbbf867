import type { Queryable } from '@skein/postgres';

const HOLD = `
insert into log.leases (name, holder, expires_at)
values ($1, $2, now() + make_interval(secs => $3 / 1000.0))
on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
  where leases.holder = excluded.holder or leases.expires_at < now()
returning holder`;

/**
 * Which of several replayers works. A row with an expiry, not a session lock, which a
 * frozen holder would keep. Two leaders do no harm: numbers collide, appends compare.
 */
export class Lease {
  constructor(
    private readonly database: Queryable,
    private readonly settings: {
      readonly name: string;
      readonly holder: string;
      readonly durationMs: number;
    },
  ) {}

  /** Takes or renews it; answers whether it is held now. */
  async hold(): Promise<boolean> {
    const { name, holder, durationMs } = this.settings;
    const rows = await this.database.query(HOLD, [name, holder, durationMs]);
    return rows.length > 0;
  }

  /** Gives it back, so that another need not wait for its end. */
  async release(): Promise<void> {
    const { name, holder } = this.settings;
    await this.database.query('delete from log.leases where name = $1 and holder = $2', [
      name,
      holder,
    ]);
  }
}
