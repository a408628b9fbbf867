import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openBlobs } from '@skein/blobs';
import { readConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  fleetCreated,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryUsersWoken,
  type Delivered,
  type EventDefinition,
  type JsonObject,
} from '@skein/events';
import type { Postgres } from '@skein/postgres';
import type { Fetched, Probed, Source, SourceRequest } from '@skein/sources';
import { BatchUnit } from '@skein/task';
import { openLogger } from '@skein/telemetry';
import { FleetValidator } from '../src/fleet-validator.js';
import { ValidationConfig } from '../src/validation.config.js';
import { ValidationConsumer } from '../src/validation.consumer.js';
import { ValidationTask } from '../src/validation.task.js';
import { ValidationView } from '../src/validation.view.js';

/** What the outside answers in a test, and what it was asked. */
export class Outside implements Source {
  asked: SourceRequest[] = [];
  content = 'hello';
  error?: Error;
  /** Called before each answer. */
  meanwhile?: () => Promise<unknown>;

  async fetch(request: SourceRequest): Promise<Fetched> {
    this.asked.push(request);
    await this.meanwhile?.();
    if (this.error) throw this.error;
    const content = Buffer.from(this.content);
    return { revision: 'abc', files: [{ path: 'motd', mode: 0o644, content }] };
  }

  probe(): Promise<Probed> {
    return this.error ? Promise.reject(this.error) : Promise.resolve({ revision: this.content });
  }
}

export function configFor(url: string, folder: string): ValidationConfig {
  return readConfig(ValidationConfig, {
    SKEIN_DATABASE_URL: url,
    SKEIN_STREAM_REDIS_URL: 'redis://unused',
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_SOURCE_CACHE_DIRECTORY: join(folder, 'cache'),
    SKEIN_SOURCE_ALLOWED_FILE_ROOTS: folder,
  });
}

/** The service without its streams, on empty tables. */
export async function assemble(postgres: Postgres, config: ValidationConfig, source: Source) {
  const tables = ['fleets', 'repositories', 'template_versions', 'wants', 'inbox'];
  for (const table of tables) await postgres.query(`delete from validation.${table}`);
  const log = await EventLog.open(postgres, 'validation', () => undefined);
  const { store, vault } = openBlobs(postgres, config.sealingKeys);
  const view = new ValidationView();
  const freezing = { source, store, opener: vault };
  const validator = new FleetValidator(view, log, freezing, config);
  const task = new ValidationTask(view, validator, postgres, config, openLogger('test', 'silent'));
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'validation'), task, settings);
  return { view, task, unit, consumer: new ValidationConsumer(view) };
}

export const git = (repository: string, name = 'motd'): JsonObject => ({
  name,
  gitRef: { repository, targetRevision: 'main', path: 'etc' },
});
export const templateOf = (...config: JsonObject[]): JsonObject => ({ spec: { config } });

type Maker = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
) => Delivered<Data>;

/** The events that the tests need most. */
export function eventsBy(make: Maker) {
  return {
    fleetIs: (uid: string, template: JsonObject) =>
      make(fleetCreated, uid, {
        name: 'fleet',
        generation: 1,
        selector: null,
        template,
        rolloutPolicy: null,
      }),
    templateIs: (uid: string, generation: number, template: JsonObject) =>
      make(fleetTemplateUpdated, uid, { template, generation }),
    repositoryIs: (uid: string, name: string, url = 'https://example.com/config.git') =>
      make(repositoryCreated, uid, { name, spec: { type: 'git', url }, credentials: null }),
    woken: (uid: string, name: string, fleets: string[]) =>
      make(repositoryUsersWoken, uid, { name, fleets, devices: [] }),
  };
}
