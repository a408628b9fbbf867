import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openBlobs } from '@skein/blobs';
import { readConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  deviceCreated,
  fleetCreated,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryPushReported,
  repositorySpecUpdated,
  type Delivered,
  type EventDefinition,
  type JsonObject,
} from '@skein/events';
import type { Postgres } from '@skein/postgres';
import { createSources, KubernetesSecretWatch } from '@skein/sources';
import { BatchUnit } from '@skein/task';
import { openLogger } from '@skein/telemetry';
import { CheckLoop } from '../src/check-loop.js';
import { Checks } from '../src/checks.js';
import { LateUsers } from '../src/late-users.js';
import { Recall } from '../src/recall.js';
import { RepoConfig } from '../src/repo.config.js';
import { RepoConsumer } from '../src/repo.consumer.js';
import { RepoSweep } from '../src/repo.sweep.js';
import { RepoTask } from '../src/repo.task.js';
import { RepoView } from '../src/repo.view.js';
import { RepositoryChecker } from '../src/repository-checker.js';
import { SecretWatcher } from '../src/secret-watcher.js';
import { WatchedSecrets } from '../src/watched-secrets.js';

const TABLES = [
  'repositories',
  'uses',
  'users',
  'referrers',
  'contents',
  'secrets',
  'wants',
  'inbox',
];

/** @param folder may be fetched from, and holds the mirrors */
export function configFor(
  url: string,
  folder: string,
  others: Record<string, string> = {},
): RepoConfig {
  return readConfig(RepoConfig, {
    SKEIN_DATABASE_URL: url,
    SKEIN_STREAM_REDIS_URL: 'redis://unused',
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_SOURCE_CACHE_DIRECTORY: join(folder, 'cache'),
    SKEIN_SOURCE_ALLOWED_FILE_ROOTS: folder,
    SKEIN_SOURCE_ALLOWED_CIDRS: '127.0.0.1/32',
    ...others,
  });
}

export async function empty(postgres: Postgres): Promise<void> {
  for (const table of TABLES) await postgres.query(`delete from repo.${table}`);
}

/** One replica of the service, without its streams. */
export async function assemble(postgres: Postgres, config: RepoConfig) {
  const log = await EventLog.open(postgres, 'repo', () => undefined);
  const opener = openBlobs(postgres, config.sealingKeys).vault;
  const outside = { source: createSources(config.sourceSettings('repo')), opener };
  const [view, checks] = [new RepoView(), new Checks()];
  const checker = new RepositoryChecker(view, checks, log, outside, config);
  const logger = openLogger('test', 'silent');
  const secrets = new WatchedSecrets();
  const loop = new CheckLoop(checker, postgres, config, logger);
  const late = new LateUsers(view, checks, secrets);
  const task = new RepoTask(view, checks, late, loop);
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'repo'), task, settings);
  const sweep = new RepoSweep(view, checks, new Recall(view));
  const settingsOfCluster = config.kubernetesSettings;
  const watch = settingsOfCluster && new KubernetesSecretWatch(settingsOfCluster);
  const watcher = new SecretWatcher(log, view, checks, secrets, watch, logger);
  return { view, checks, task, unit, sweep, watcher, consumer: new RepoConsumer(view) };
}

export const git = (repository: string, targetRevision = 'main', path = '/'): JsonObject => ({
  name: `${repository} ${targetRevision}`,
  gitRef: { repository, targetRevision, path },
});
export const http = (repository: string, suffix: string): JsonObject => ({
  name: `${repository} ${suffix}`,
  httpRef: { repository, suffix, filePath: '/f' },
});

type Place = { readonly org?: string; readonly sequence?: number; readonly version?: number };
type Maker = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
  place?: Place,
) => Delivered<Data>;

/** The event as if it were appended just now. */
const now = <Data>(delivered: Delivered<Data>): Delivered<Data> => {
  const event = { ...delivered.event, time: new Date().toISOString() };
  return { ...delivered, event };
};

/** The events that the tests need most. */
export function eventsBy(make: Maker) {
  return {
    fleetIs: (uid: string, config: JsonObject[], place?: Place) => {
      const data = { name: uid, generation: 1, selector: null, rolloutPolicy: null };
      return now(make(fleetCreated, uid, { ...data, template: { spec: { config } } }, place));
    },
    templateIs: (uid: string, config: JsonObject[], place?: Place) =>
      now(
        make(fleetTemplateUpdated, uid, { template: { spec: { config } }, generation: 2 }, place),
      ),
    deviceIs: (uid: string, config: JsonObject[], place?: Place) =>
      now(
        make(deviceCreated, uid, { name: uid, labels: {}, spec: { config }, generation: 1 }, place),
      ),
    repositoryIs: (uid: string, name: string, spec: JsonObject, place?: Place) =>
      now(make(repositoryCreated, uid, { name, spec, credentials: null }, place)),
    specIs: (uid: string, spec: JsonObject, place?: Place) =>
      now(make(repositorySpecUpdated, uid, { spec, credentials: null }, place)),
    pushed: (uid: string, name: string) => now(make(repositoryPushReported, uid, { name })),
  };
}
