import { Client } from 'pg';

/**
 * Makes this the only `npm start` on the database for as long as it lives: another one would give the services'
 * roles new passwords, and both would feed the same streams.
 * @throws when there is another one
 */
export async function claimDatabase(url: string): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: url, application_name: 'skein-start' });
  // When the server goes, the claim goes with it.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ free: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('skein start', 0)) as free`,
  );
  const release = (): Promise<void> => client.end().catch(() => undefined);
  if (rows[0]?.free) return { [Symbol.asyncDispose]: release };
  await release();
  throw new Error('another npm start is running on this database: stop it first');
}
