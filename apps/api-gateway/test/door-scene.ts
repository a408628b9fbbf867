import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Group } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { HealthServer, startService } from '@skein/service';
import { gateway } from '../src/gateway.options.js';
import { httpAdapter } from '../src/rest/server.js';

/** A value of JSON as a test looks into it. */
type Loose = ReturnType<typeof JSON.parse>;

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}
interface Answer {
  readonly code: number;
  readonly body: Loose;
  readonly headers: Readonly<Record<string, string>>;
}
type Client = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'gateway'): string;
  close(): Promise<void>;
}

/** What a spec hands in, because specs alone may reach for it. */
export interface DoorParts {
  readonly migratedDatabase: (services: readonly Group[]) => Promise<Database>;
  readonly jsonClient: (baseUrl: () => Promise<string>) => Client;
  /** Where the gateway will read its settings. */
  readonly environment: Record<string, string | undefined>;
}

/** An event in the log, as far as the tests look at it. */
interface Row {
  readonly type: string;
  readonly subject: string;
  readonly version: number;
  readonly data: Loose;
  readonly requestid: string;
  readonly sourceaddress: string;
  readonly traceparent: string;
}

/** The settings of a gateway on a free port; nothing answers at the Redis that they name. */
export const settingsFor = (databaseUrl: string) => ({
  SKEIN_DATABASE_URL: databaseUrl,
  SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1:1',
  SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
  SKEIN_AUTHENTICATION: 'none',
  // Tables of rights are tried out with hundreds of wrong tokens.
  SKEIN_RATE_OF_FAILURES: '0',
  SKEIN_GATEWAY_PORT: '0',
  SKEIN_GRPC_PORT: '0',
  SKEIN_LOG_LEVEL: 'silent',
});

/** The short names of what was said: `device.created`. */
export const typesOf = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type.replace('skein.', '').replace('.v1', ''));

/** A whole gateway that hears no stream, on a database of its own, and a client at its door. */
export class DoorScene {
  readonly client: Client;
  database!: Database;
  app!: NestFastifyApplication;
  postgres!: Postgres;
  /** Method and path of each route of the gateway. */
  readonly routes = new Set<string>();
  private position = 0;

  constructor(private readonly parts: DoorParts) {
    this.client = parts.jsonClient(() => this.app.getUrl());
  }

  /** @param others whose views the gateway shows */
  async open(...others: Group[]): Promise<void> {
    await this.openWith({}, ...others);
  }

  /** Opens it with these settings on top. */
  async openWith(settings: Readonly<Record<string, string>>, ...others: Group[]): Promise<void> {
    const { migratedDatabase, environment } = this.parts;
    this.database = await migratedDatabase(['gateway', ...others]);
    Object.assign(environment, settingsFor(this.database.urlOf('gateway')), settings);
    await this.start();
  }

  /** Starts the gateway, also again after a test has stopped it. */
  async start(): Promise<void> {
    const adapter = () => {
      const made = httpAdapter();
      made.getInstance().addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) this.routes.add(`${one} ${url}`);
      });
      return made;
    };
    this.app = await startService({ ...gateway, adapter, hears: false });
    this.postgres = this.app.get(Postgres);
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.database?.close();
  }

  /** Empties the tables of the resources, and looks past what was appended. */
  async clear(): Promise<void> {
    await this.empty('repositories', 'fleets', 'devices', 'repository_users');
    await this.appended();
  }

  async empty(...tables: string[]): Promise<void> {
    for (const table of tables) await this.postgres.query(`delete from gateway.${table}`);
  }

  /** Calls the API; the path is the one below its version. */
  readonly call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => this.client(method, `/api/v1${path}`, { body, headers });

  /** What the metrics say now. */
  readonly gauge = async (name: string): Promise<number> => {
    const text = await (await fetch(`${this.app.get(HealthServer).url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name}{`));
    return Number(line?.split(' ')[1] ?? 0);
  };

  /** What was appended since the last look. */
  readonly appended = async (): Promise<Row[]> => {
    const rows = await this.postgres.query<Row & { position: number }>(
      `select e.*, t.name as type from log.events e join log.types t on t.id = e.type
       where e.position > $1 order by e.position`,
      [this.position],
    );
    this.position = rows.at(-1)?.position ?? this.position;
    return rows;
  };
}
