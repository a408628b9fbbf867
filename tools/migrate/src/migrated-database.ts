import type { Group } from '@skein/events';
import { testDatabase, type TestDatabase } from '@skein/testing';
import { migrate, type Migrated } from './migrate.js';

export interface MigratedDatabase extends Migrated {
  readonly adminUrl: string;
  readonly name: string;
  readonly server: TestDatabase['server'];
  close(): Promise<void>;
}

/** A database of its own for one test file, with all schemas, roles and privileges. */
export async function migratedDatabase(services?: readonly Group[]): Promise<MigratedDatabase> {
  const database = await testDatabase();
  try {
    const migrated = await migrate({ url: database.url, ...(services && { services }) });
    return {
      ...migrated,
      adminUrl: database.url,
      name: database.name,
      server: database.server,
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
