import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import type { Telemetry } from '@skein/telemetry';
import { TELEMETRY } from './tokens.js';

/** Whether the service takes work, and the order in which it lets go. */
@Injectable()
export class Lifecycle implements OnApplicationShutdown {
  private started = false;
  private draining = false;

  constructor(
    private readonly postgres: Postgres,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
  ) {}

  /** Start-up is over. */
  ready(): void {
    this.started = true;
    this.draining = false;
  }

  /** Whether it was asked to stop. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** From now on the service is not ready, and still finishes what it has. */
  drain(): void {
    this.started = false;
    this.draining = true;
  }

  /** Why the service cannot take work; undefined when it can. */
  async obstacle(): Promise<string | undefined> {
    if (!this.started) return 'starting or stopping';
    try {
      await this.postgres.query('select 1');
      return undefined;
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      return `PostgreSQL: ${message || code}`;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.telemetry.stop().catch(() => undefined);
    await this.postgres.close().catch(() => undefined);
  }
}
