import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { nativeRedisOrSkip, startRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { commandsOf } from './commands.js';
import { redis70 } from './generated/redis-7.0.js';

const file = join(import.meta.dirname, 'generated/redis-7.0.ts');
const head = `/** The commands of Redis 7.0: written and checked by table.integration.spec.ts on such a server. */
import type { Commands } from '../commands.js';

`;

nativeRedisOrSkip('the table of commands', () => {
  it('is what a Redis 7.0 says (SKEIN_WRITE_DOCS=1 writes it); other servers have all of it', async () => {
    const server = await startRedis({ kind: 'native' });
    const redis = new Redis(server.url);
    const found = commandsOf((await redis.call('COMMAND', 'DOCS')) as unknown[]);
    redis.disconnect();
    await server.stop();
    if (!/^redis 7\.0\./.test(server.version)) {
      expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(redis70)));
      return;
    }
    if (process.env['SKEIN_WRITE_DOCS']) {
      writeFileSync(file, `${head}export const redis70: Commands = ${JSON.stringify(found)};\n`);
    } else expect(found).toEqual(redis70);
  });
});
