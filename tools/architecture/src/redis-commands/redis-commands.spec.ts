import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readWorkspace } from '../workspace.js';
import { redis70 } from './generated/redis-7.0.js';
import { notUnderstood } from './grammar.js';
import { callsIn } from './scripts-in.js';

const root = join(import.meta.dirname, '../../../..');
const understood = (text: string) => notUnderstood(redis70, text.split(' '));

describe('what Redis 7.0 understands', () => {
  it.each([
    'SET k v NX PX 100',
    'SET k v PX 100 GET XX',
    'XADD k 5-0 field value',
    'XADD k NOMKSTREAM MAXLEN ~ 100 LIMIT 5 * f v g w',
    'xreadgroup GROUP g c COUNT 10 BLOCK 500 STREAMS k >',
    'XGROUP CREATE k g 0-0 MKSTREAM ENTRIESREAD 0',
    'XCLAIM k g c 0 1-0 2-0 IDLE 0 JUSTID',
    'EVAL return 1 k a',
    'EVAL script 0',
    'CONFIG GET save appendfsync',
    'INFO server memory stats persistence errorstats',
    'MEMORY USAGE k SAMPLES 5',
    'HELLO 3 AUTH u p SETNAME n',
  ])('%s', (text) => {
    expect(understood(text)).toBeUndefined();
  });
});

describe('what it does not', () => {
  it.each([
    'XACKDEL k g IDS 1 1-0',
    'SET k v IFEQ w',
    'XADD k KEEPREF 1-0 f v',
    'XADD k KEEPREF 1-0 f v g',
    'XREADGROUP GROUP g c CLAIM 5 STREAMS k >',
    'XTRIM k MINID 1-0 DELREF',
    'CLIENT SETINFO LIB-NAME ioredis',
    'SET k v EX soon',
    'HEXPIRE k 5 FIELDS 1 f',
    'WAITAOF 1 0 100',
    'XINFO k',
    'GET',
  ])('%s', (text) => {
    expect(understood(text)).toMatch(text.split(' ')[0]!.toLowerCase());
  });

  it('is also seen in scripts', () => {
    const script = `redis.call('GET', KEYS[1]) if redis.pcall('XACK', KEYS[1], f(a, b), ARGV[i + 1])
      then redis.call('SET', KEYS[1], ARGV[2], 'IFEQ', ARGV[3]) end redis.call(name)`;
    const found = callsIn(script).map((call) => notUnderstood(redis70, call));
    expect(found).toEqual([
      ...[undefined, undefined, 'not as set is: SET … … IFEQ …', '? is no command'],
    ]);
  });
});

describe('the scripts of Skein', () => {
  const projects = readWorkspace(root).filter(
    ({ folder }) => /^(apps|libs)\//.test(folder) && folder !== 'libs/testing',
  );
  const calls = projects.flatMap(({ files }) =>
    [...files]
      .filter(([path]) => /^src.*(?<!spec)\.ts$/.test(path))
      .flatMap(([, text]) => callsIn(text)),
  );

  it('are understood by Redis 7.0', () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(calls.flatMap((call) => notUnderstood(redis70, call) ?? [])).toEqual([]);
  });
});
