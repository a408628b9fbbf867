import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommandRecorder } from '@skein/architecture';
import { nativeRedisOrSkip, startRedis, testDatabase, waitFor } from '@skein/testing';
import type { RedisServer, TestDatabase } from '@skein/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { LogReader } from '../test/log-reader.js';
import { StartProcess } from '../test/start-process.js';

const devices = 20;

nativeRedisOrSkip('the main job while Redis is emptied', () => {
  let database: TestDatabase;
  let server: RedisServer;
  let redis: Redis;
  let recorder: CommandRecorder;
  let client: Client;
  let start: StartProcess;
  let log: LogReader;
  beforeAll(async () => {
    [database, server] = await Promise.all([testDatabase(), startRedis({ kind: 'native' })]);
    redis = new Redis(server.url);
    recorder = await CommandRecorder.start(redis);
    client = new Client({ connectionString: database.url });
    await client.connect();
    log = new LogReader(client);
    start = await StartProcess.start(['--devices', String(devices)], {
      SKEIN_DATABASE_URL: database.url,
      SKEIN_STREAM_REDIS_URL: server.url,
    });
  });
  afterAll(async () => {
    await start[Symbol.asyncDispose]();
    await client.end();
    recorder?.stop();
    redis.disconnect();
    await Promise.all([server.stop(), database.close()]);
  });

  async function emptyWhen(what: string, arrived: () => Promise<boolean>): Promise<void> {
    const options = { timeoutMs: 90_000, intervalMs: 5, message: what };
    await waitFor(arrived, options).catch((error: Error) => {
      throw new Error(`${error.message}\n${start.output}`);
    });
    await redis.flushall();
  }

  it('ends with all devices up to date', async () => {
    await emptyWhen('the first devices', async () => (await log.count('device.created')) >= 5);
    await emptyWhen('the second template', async () => (await log.count('template-updated')) >= 1);
    await emptyWhen('the first report of version 2', async () => (await log.reported(2)) >= 1);
    await start.line(/Running until Ctrl-C/);
    expect(start.output).toMatch(/Following the rollout of \w+: 20 of 20 up to date/);
  }, 180_000);

  it('has handled every event, and none is left to be tried again', async () => {
    await waitFor(() => log.allHandled(), {
      timeoutMs: 30_000,
      message: 'every checkpoint at the end of the log',
    });
    expect(await log.leftOvers()).toEqual([]);
  });

  it('has numbered each event once, and its subjects without a gap', async () => {
    const { events, numbers, positions, first, last } = await log.numbering();
    expect({ numbers, positions, first, last }).toEqual({
      numbers: events,
      positions: events,
      first: 1,
      last: events,
    });
    expect(await log.subjectsWithGaps()).toEqual([]);
  });

  it('has had each effect once', async () => {
    const twice = Array.from({ length: devices }, () => '1,2');
    expect(await log.renderedVersions()).toEqual(twice);
    expect(await log.reportedVersions()).toEqual(twice);
    expect(await log.count('template-version.created')).toBe(2);
    expect(await log.count('rollout.started')).toBe(2);
    expect(await log.memberships()).toEqual({ distinct: 2 * devices, all: 2 * devices });
  });

  it('has its streams again, and stops cleanly', async () => {
    expect(await redis.keys('*:events')).toHaveLength(6);
    start.child.kill('SIGINT');
    expect(await start.ended()).toBe(0);
  });

  it('has sent nothing that Redis 7.0 does not understand', () => {
    const used = [
      'XADD',
      'XREADGROUP',
      'XACK',
      'XAUTOCLAIM',
      'XTRIM',
      'PUBLISH',
      'SUBSCRIBE',
      'MEMORY',
    ];
    expect(recorder.names).toEqual(expect.arrayContaining(used));
    expect(recorder.notUnderstood).toEqual([]);
  });
});
