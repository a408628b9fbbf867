import { expect, it } from '@jest/globals';
import { deviceCreated } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { startService } from '@skein/service';
import { UNIT_OF_WORK, type Dispatch, type UnitOfWork } from '@skein/stream';
import { testRedis, waitFor } from '@skein/testing';
import { AppModule } from './app.module.js';
import { SelectorView } from './selector.view.js';

it('starts, and hands on the errors of its handlers as they are', async () => {
  const database = await migratedDatabase(['selector']);
  const redis = await testRedis();
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: database.urlOf('selector'),
    SKEIN_STREAM_REDIS_URL: redis.url,
    SKEIN_STREAM_PREFIX: redis.prefix,
    SKEIN_LOG_LEVEL: 'silent',
  });
  let dispatch: Dispatch | undefined;
  const failure = new Error('of the handler');
  const app = await startService({
    module: AppModule,
    prepare: (starting) => {
      starting.get(SelectorView).foldLabels = () => Promise.reject(failure);
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
