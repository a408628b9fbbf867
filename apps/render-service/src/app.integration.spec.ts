import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { startService } from '@skein/service';
import { testRedis, waitFor } from '@skein/testing';
import { git, inline } from '../test/scene.js';
import { AppModule } from './app.module.js';

it('starts, and its loops render what is in the queue, with and without something to fetch', async () => {
  const database = await migratedDatabase(['render']);
  const redis = await testRedis();
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: database.urlOf('render'),
    SKEIN_STREAM_REDIS_URL: redis.url,
    SKEIN_STREAM_PREFIX: redis.prefix,
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_LOG_LEVEL: 'silent',
  });
  const app = await startService({ module: AppModule });
  const postgres = app.get(Postgres);
  const [plain, fetching] = [newUid(), newUid()];
  await postgres.query(
    `insert into render.devices (org, device, name, spec, spec_number, matched)
     select $1, device, 'device', spec, 1, true from unnest($2::uuid[], $3::json[]) as d (device, spec)`,
    [org, [plain, fetching], [inline('own'), git('nowhere')].map((spec) => JSON.stringify(spec))],
  );
  const rendered = () =>
    postgres.query<{ device: string }>(
      `select device, rendered_version as version, problem from render.devices where not pending`,
    );
  await waitFor(async () => (await rendered()).length === 2);
  expect(new Map((await rendered()).map(({ device, ...row }) => [device, row]))).toEqual(
    new Map<string, object>([
      [plain, { version: 1, problem: null }],
      [fetching, { version: 0, problem: 'motd: there is no repository "nowhere"' }],
    ]),
  );
  await app.close();
  await redis.close();
  await database.close();
});
