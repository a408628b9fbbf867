import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  decode,
  deviceCreated,
  newUid,
  numberedChannel,
  streamKey,
  type NewEvent,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openLogger } from '@skein/telemetry';
import { startRedis, waitFor, type RedisServer } from '@skein/testing';
import { Redis } from 'ioredis';
import { Replayer } from './replayer.js';
import { ReplayerConfig } from './replayer.config.js';

const KEY = streamKey('skein', 'selector', 0);
let database: MigratedDatabase;
let server: RedisServer;
let redis: Redis;
let gateway: EventLog;
let selector: Postgres;
let replayer: Replayer;

function created(name: string): NewEvent {
  const data = { name, labels: {}, spec: null, generation: 1 };
  return { definition: deviceCreated, org: DEFAULT_ORGANISATION, subject: newUid(), data };
}

async function append(...names: string[]): Promise<void> {
  await gateway.commit(async () => ({ events: names.map(created), result: () => undefined }));
}

async function namesInStream(): Promise<string[]> {
  const entries = await redis.xrange(KEY, '-', '+').catch(() => []);
  return entries.map(([, fields]) => (decode(fields[1]!).data as { name: string }).name);
}

async function until(expected: string[]): Promise<void> {
  await waitFor(async () => (await namesInStream()).join() === expected.join(), {
    message: `the stream holds ${expected.join()}`,
  });
}

async function idsInStream(): Promise<string[]> {
  return (await redis.xrange(KEY, '-', '+')).map(([id]) => id);
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  server = await startRedis();
  redis = new Redis(server.url);
  const open = (room: 'gateway' | 'selector' | 'replayer') =>
    Postgres.open({ url: database.urlOf(room), applicationName: 'test' });
  gateway = await EventLog.open(
    await open('gateway'),
    'gateway',
    () => void redis.publish('skein:wake', ''),
  );
  selector = await open('selector');
  await selector.query('select log.register_types($1)', [[deviceCreated.type]]);
  await selector.query('select log.register_hearing($1, $2)', ['selector', [deviceCreated.type]]);
  const config = Object.assign(new ReplayerConfig(), {
    streamRedisUrl: server.url,
    inspectMs: 100,
    checkpointMs: 100,
  });
  replayer = new Replayer(await open('replayer'), config, openLogger('replayer', 'silent'));
  await replayer.onApplicationBootstrap();
});
afterAll(async () => {
  await replayer?.beforeApplicationShutdown();
  redis?.disconnect();
  await server?.stop();
  await database?.close();
});

describe('the replayer', () => {
  it('publishes what was committed, under its numbers, in order', async () => {
    await append('one', 'two');
    await append('three');
    await until(['one', 'two', 'three']);
    expect(await idsInStream()).toEqual(['1-0', '2-0', '3-0']);
  });

  it('publishes nothing that was rolled back', async () => {
    const refused = gateway.commit(async (transaction) => {
      await gateway.append(transaction, [created('never')]);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    await append('four');
    await until(['one', 'two', 'three', 'four']);
    expect((await idsInStream()).at(-1)).toBe('4-0');
  });

  it('restores an emptied stream, with the same numbers', async () => {
    await redis.flushall();
    await until(['one', 'two', 'three', 'four']);
    expect(await idsInStream()).toEqual(['1-0', '2-0', '3-0', '4-0']);
  });

  it('restores a stream that was trimmed by hand', async () => {
    await redis.xtrim(KEY, 'MAXLEN', 1);
    await until(['one', 'two', 'three', 'four']);
  });

  it('restores a group that was destroyed', async () => {
    await redis.xgroup('DESTROY', KEY, 'selector');
    await waitFor(
      async () => ((await redis.xinfo('GROUPS', KEY).catch(() => [])) as unknown[]).length === 1,
      {
        message: 'the group is there again',
      },
    );
    await until(['one', 'two', 'three', 'four']);
  });

  it('moves the checkpoint only past what was handled, and trims up to it', async () => {
    const read = await redis.xreadgroup(
      'GROUP',
      'selector',
      'test',
      'COUNT',
      4,
      'STREAMS',
      KEY,
      '>',
    );
    expect((read as [string, unknown[]][])[0]![1]).toHaveLength(4);
    const second = decode((await redis.xrange(KEY, '2-0', '2-0'))[0]![1][1]!);
    await selector.query('select selector.fence(0, $1, $2)', [[1, 2], second.id]);
    await redis.xack(KEY, 'selector', '1-0', '2-0', '3-0', '4-0');
    await until([]);
    const retries = await selector.query<{ number: number }>(
      'select number from selector.retries order by number',
    );
    expect(retries.map(({ number }) => number)).toEqual([3, 4]);
    const inbox = await selector.query('select number from selector.inbox');
    expect(inbox).toEqual([]);
  });

  it('survives the loss of a stream that was trimmed to its checkpoint', async () => {
    await redis.flushall();
    await append('five');
    await until(['five']);
    expect(await idsInStream()).toEqual(['5-0']);
  });

  it('says that it has numbered something, once it has', async () => {
    const listener = new Redis(server.url);
    await listener.subscribe(numberedChannel('skein'));
    const last = async () => {
      const [row] = await selector.query<{ last: number }>(
        'select max(sequence) as last from log.sequence',
      );
      return row!.last;
    };
    const numbers: number[] = [];
    listener.on('message', () => void last().then((number) => numbers.push(number)));
    const before = await last();
    await append('six');
    await waitFor(() => numbers.includes(before + 1));
    listener.disconnect();
  });
});
