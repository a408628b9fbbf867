import { Injectable } from '@nestjs/common';
import { Postgres, TooManyWaiting } from '@skein/postgres';
import { meter } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';

/**
 * Refuses requests while too many wait for PostgreSQL, before anything is done for them. It does so at half of what may
 * wait, so that those who are in already find room for their next statement.
 */
@Injectable()
export class Backlog {
  private readonly refused = meter().createCounter('skein_requests_refused', {
    description: 'Requests that were refused, because too many waited for PostgreSQL.',
  });

  constructor(
    private readonly postgres: Postgres,
    private readonly config: GatewayConfig,
  ) {
    meter()
      .createObservableGauge('skein_database_waiting', {
        description: 'Statements that wait for a connection to PostgreSQL.',
      })
      .addCallback((result) => result.observe(postgres.waiting));
  }

  /** @throws TooManyWaiting */
  requireRoom(): void {
    const { waiting } = this.postgres;
    if (waiting < this.config.databaseWaiting / 2) return;
    this.refused.add(1);
    throw new TooManyWaiting(waiting);
  }
}
