import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivered, EventDefinition } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { assemble, configFor, empty, eventsBy } from './scene.js';

/** One replica of the service. */
export type Scene = Awaited<ReturnType<typeof assemble>>;
/** Makes the events that the tests need most. */
export type Make = ReturnType<typeof eventsBy>;

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'repo'): string;
  close(): Promise<void>;
}

interface Harness {
  event<Data>(definition: EventDefinition<Data>, subject: string, data: Data): Delivered<Data>;
  appended(): Promise<unknown>;
}

/** What a spec hands in, because specs alone may reach for it. */
interface StageParts<Own> {
  readonly migratedDatabase: (services: ['repo']) => Promise<Database>;
  readonly consumerHarness: (scene: Scene & { postgres: Postgres; adminUrl: string }) => Own;
}

/** Where one spec plays its scenes: a folder and a database of its own, and the service on them. */
export class Stage<Own extends Harness> {
  postgres!: Postgres;
  /** May be fetched from, and holds the mirrors. */
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-repo-'));
  private database!: Database;

  constructor(private readonly parts: StageParts<Own>) {}

  async open(): Promise<void> {
    this.database = await this.parts.migratedDatabase(['repo']);
    const url = this.database.urlOf('repo');
    this.postgres = await Postgres.open({ url, applicationName: 'test' });
  }

  async close(): Promise<void> {
    await this.postgres?.close();
    await this.database?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Of a role that may do everything. */
  get adminUrl(): string {
    return this.database.adminUrl;
  }

  /** @param settings besides those that every test has */
  replica(settings: Record<string, string> = {}): Promise<Scene> {
    const config = configFor(this.database.urlOf('repo'), this.folder, settings);
    return assemble(this.postgres, config);
  }

  /** Empties the tables; the events that the harness handles are those of this replica. */
  async renew(scene: Scene): Promise<{ harness: Own; make: Make }> {
    const { postgres, adminUrl } = this;
    await empty(postgres);
    const harness = this.parts.consumerHarness({ adminUrl, postgres, ...scene });
    await harness.appended();
    return { harness, make: eventsBy(harness.event) };
  }
}
