import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nativeRedisOrSkip, startRedis, type RedisServer } from '@skein/testing';
import { openRedis } from '../redis.js';
import { adviseAtStart } from './advise-at-start.js';
import { readState, type ServerState } from './state.js';

const open: { disconnect(): void }[] = [];

async function stateFrom(url: string): Promise<ServerState> {
  const redis = openRedis({ url, name: 'skein-test-state' });
  open.push(redis);
  return readState(redis);
}

nativeRedisOrSkip('the state of a server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ kind: 'native', arguments: ['--maxmemory', '64mb'] });
  });
  afterAll(async () => {
    open.forEach((redis) => redis.disconnect());
    await server?.stop();
  });

  it('is read, with that of the machine that it is on', async () => {
    expect(await stateFrom(server.url)).toEqual({
      version: server.version,
      runId: expect.stringMatching(/^[0-9a-f]{40}$/),
      ...{ maxmemory: 64 << 20, policy: 'noeviction' },
      ...{ appendOnly: true, appendSync: 'everysec', snapshots: false },
      overcommit: expect.any(Number),
      memory: { bytes: expect.any(Number), of: expect.any(String) },
    });
  });

  it('is half unknown where CONFIG is refused, and all of it where INFO is', async () => {
    const admin = openRedis({ url: server.url, name: 'skein-test-admin' });
    open.push(admin);
    await admin.acl('SETUSER', 'one', 'on', '>word', '~*', '&*', '+@all', '-config');
    await admin.acl('SETUSER', 'two', 'on', '>word', '~*', '&*', '+@all', '-config', '-info');
    const as = (user: string) => stateFrom(server.url.replace('//', `//${user}:word@`));
    const one = await as('one');
    expect(one).toMatchObject({ maxmemory: 64 << 20, policy: 'noeviction', appendOnly: true });
    expect([one.snapshots, one.appendSync]).toEqual([undefined, undefined]);
    const [finding] = adviseAtStart(await as('two'), 'streams');
    expect(finding).toMatchObject({ code: 'unknown', what: expect.stringContaining('maxmemory') });
  });
});

describe('the state of the embedded server', () => {
  it('is that it keeps nothing on disk', async () => {
    const server = await startRedis({ kind: 'embedded', role: 'cache' });
    const state = await stateFrom(server.url);
    expect(state).toMatchObject({ maxmemory: 1 << 30, policy: 'allkeys-lru', appendOnly: false });
    expect(adviseAtStart(state, 'cache').filter(({ severity }) => severity !== 'unknown')).toEqual(
      [],
    );
    open.splice(0).forEach((redis) => redis.disconnect());
    await server.stop();
  });
});
