import { expect, it } from '@jest/globals';
import { deviceCreated } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { startService } from '@skein/service';
import { UNIT_OF_WORK, type Dispatch, type UnitOfWork } from '@skein/stream';
import { testRedis, waitFor } from '@skein/testing';
import { AppModule } from './app.module.js';
import { RepoView } from './repo.view.js';

it('starts, and hands on the errors of its handlers as they are', async () => {
  const database = await migratedDatabase(['repo']);
  const redis = await testRedis();
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: database.urlOf('repo'),
    SKEIN_STREAM_REDIS_URL: redis.url,
    SKEIN_STREAM_PREFIX: redis.prefix,
    SKEIN_SEALING_KEY: Buffer.alloc(32).toString('base64'),
    SKEIN_LOG_LEVEL: 'silent',
  });
  let dispatch: Dispatch | undefined;
  const failure = new Error('of the handler');
  const app = await startService({
    module: AppModule,
    prepare: (starting) => {
      starting.get(RepoView).foldUses = () => Promise.reject(failure);
      starting.get<UnitOfWork>(UNIT_OF_WORK).retryDue = (given) => {
        dispatch = given;
        return Promise.resolve(0);
      };
    },
  });
  const handed = await waitFor(() => dispatch);
  // Replaced by Nest's own, a deadlock would count as a failed attempt.
  await expect(handed(deviceCreated.type, [], {})).rejects.toBe(failure);
  await app.close();
  await redis.close();
  await database.close();
});
