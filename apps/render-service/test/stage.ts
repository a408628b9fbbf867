import { DEFAULT_ORGANISATION, newUid, type Delivered, type EventDefinition } from '@skein/events';
import { Postgres } from '@skein/postgres';
import type { Fetching } from '@skein/sources';
import { assemble, eventsBy, Outside } from './scene.js';

/** The service on empty tables. */
export type Scene = Awaited<ReturnType<typeof assemble>>;
/** Makes the events that the tests need most. */
export type Make = ReturnType<typeof eventsBy>;

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'render'): string;
  close(): Promise<void>;
}

interface Harness {
  event<Data>(definition: EventDefinition<Data>, subject: string, data: Data): Delivered<Data>;
  appended(): Promise<unknown>;
}

/** What a spec hands in, because specs alone may reach for it. */
interface StageParts<Own> {
  readonly migratedDatabase: (services: ['render']) => Promise<Database>;
  readonly consumerHarness: (scene: Scene & { postgres: Postgres; adminUrl: string }) => Own;
}

/** Where one spec plays its scenes: a database of its own, and the service on it. */
export class Stage<Own extends Harness> {
  postgres!: Postgres;
  private database!: Database;
  private scene: Scene | undefined;
  private harness!: Own;

  constructor(private readonly parts: StageParts<Own>) {}

  /** URL of the cache's Redis; the service can do without one. */
  redis = 'redis://127.0.0.1:1';

  async open(): Promise<void> {
    this.database = await this.parts.migratedDatabase(['render']);
    const url = this.database.urlOf('render');
    this.postgres = await Postgres.open({ url, applicationName: 'test' });
  }

  async close(): Promise<void> {
    this.scene?.cache.onApplicationShutdown();
    await this.postgres?.close();
    await this.database?.close();
  }

  /** For statements of somebody else, as openTransaction takes it. */
  get url(): string {
    return this.database.urlOf('render');
  }

  /** Of a role that may read everything. */
  get adminUrl(): string {
    return this.database.adminUrl;
  }

  /** Begins anew; resolves with all that a test plays with. */
  async renew(source?: Fetching) {
    const { postgres } = this;
    const outside = new Outside();
    this.scene?.cache.onApplicationShutdown();
    const around = { source: source ?? outside, redis: this.redis };
    const scene = await assemble(postgres, this.database.urlOf('render'), around);
    const harness = this.parts.consumerHarness({ ...this.database, postgres, ...scene });
    const make = eventsBy(harness.event, DEFAULT_ORGANISATION);
    await harness.appended();
    [this.scene, this.harness] = [scene, harness];
    const [device, fleet, version] = [newUid(), newUid(), newUid()];
    return { postgres, outside, scene, harness, make, device, fleet, version };
  }

  /** Does all work that is due and answers what was appended. */
  readonly worked = async () => {
    const { loops } = this.scene!;
    while ((await loops.once()) + (await loops.devices.once()) + (await loops.contents.once()) > 0);
    return this.harness.appended() as ReturnType<Own['appended']>;
  };

  /** Nobody waits for a time any more. */
  readonly dueNow = () => this.postgres.query('update render.wants set due = now()');

  readonly wants = () =>
    this.postgres.query<{ kind: string; reason: string | null }>(
      'select kind, reason from render.wants',
    );
}
