import type { Group } from '@skein/events';
import { blobMigrations } from '@skein/blobs';
import { logMigrations } from '@skein/event-log';
import { DataSource, type MigrationInterface } from 'typeorm';

type Migration = new () => MigrationInterface;

/** Where a service's package is; its migrations live with it. */
const packageOf: Record<Group, string> = {
  gateway: '@skein/api-gateway',
  selector: '@skein/selector-service',
  validation: '@skein/validation-service',
  rollout: '@skein/rollout-service',
  render: '@skein/render-service',
  repo: '@skein/repo-service',
};

async function migrationsOf(room: Group): Promise<Migration[]> {
  const found = (await import(`${packageOf[room]}/migrations`)) as { migrations: Migration[] };
  return found.migrations;
}

async function run(url: string, room: string, migrations: readonly Migration[]): Promise<number> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'public',
    migrations: [...migrations],
    migrationsTableName: `migrations_${room}`,
    applicationName: 'skein-migrate',
    poolSize: 1,
  });
  await source.initialize();
  try {
    return (await source.runMigrations({ transaction: 'each' })).length;
  } finally {
    await source.destroy();
  }
}

/** Runs what has not run yet: the engine's migrations first, then each service's. Answers how many ran. */
export async function runMigrations(url: string, services: readonly Group[]): Promise<number> {
  let count = await run(url, 'log', logMigrations);
  count += await run(url, 'blobs', blobMigrations);
  for (const room of services) count += await run(url, room, await migrationsOf(room));
  return count;
}
