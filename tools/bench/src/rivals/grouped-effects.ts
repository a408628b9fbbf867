import pg from 'pg';
import { insertEffects } from '../effects.js';
import type { Happening } from '../payload.js';

interface Waiting {
  readonly happening: Happening;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * The effect of a job, for queues that hand out jobs one by one: what all jobs that run at the same
 * time write goes into one statement, which is the best that such a queue allows.
 */
export class GroupedEffects {
  private readonly pool: pg.Pool;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  }

  /** Resolves when the effect is committed. */
  write(happening: Happening): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.waiting.push({ happening, done });
    this.writing ??= this.writeAll();
    return done.promise;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async writeAll(): Promise<void> {
    // Everything that starts in this turn of the event loop comes along.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      await this.writeGroup(group);
    }
    this.writing = undefined;
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const effects = group.map(({ happening: { subject, labels } }) => ({
        subject,
        revision: labels.revision,
      }));
      await this.pool.query(insertEffects('effects', effects));
      for (const { done } of group) done.resolve();
    } catch (error) {
      for (const { done } of group) done.reject(error);
    }
  }
}
