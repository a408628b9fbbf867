import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl, RedisUrlInvalid } from './redis-url.js';

const at = (host: string, port: number) => ({ host, port });

describe('the URL of a Redis', () => {
  it.each([
    ['redis://one', { kind: 'standalone', tls: false, addresses: [at('one', 6379)], database: 0 }],
    ['rediss://one:7/3', { kind: 'standalone', tls: true, addresses: [at('one', 7)], database: 3 }],
    ['redis://[::1]:7/', { addresses: [at('::1', 7)], database: 0 }],
    ['redis://:a%40b@one', { username: undefined, password: 'a@b' }],
    ['redis://u:p@q:r@one', { username: 'u', password: 'p@q:r' }],
    [
      'redis+sentinel://u:p@a,b:7/primary/2',
      {
        kind: 'sentinel',
        tls: false,
        addresses: [at('a', 26379), at('b', 7)],
        service: 'primary',
        database: 2,
        username: 'u',
        password: 'p',
      },
    ],
    [
      'rediss+cluster://a:1,b',
      { kind: 'cluster', tls: true, addresses: [at('a', 1), at('b', 6379)] },
    ],
  ])('%s', (url, place) => {
    expect(parseRedisUrl(url)).toMatchObject(place);
  });

  it.each([
    ['http://one', 'not well formed'],
    ['redis://', 'not well formed'],
    ['redis://u:secret@one?family=6', 'not well formed'],
    ['redis://u:secret@one,two', 'several addresses'],
    ['redis://u:secret@one:99999', 'wrong address'],
    ['redis://u:secret@one:', 'wrong address'],
    ['redis://u:secret%@one', 'percent-encoded'],
    ['redis://u:secret@one/two', 'no number'],
    ['redis://u:secret@one/1/2', 'too long'],
    ['redis+sentinel://u:secret@one', 'no service'],
    ['redis+cluster://u:secret@one/1', 'cluster does not have'],
  ])('is not %s, which is said without the password', (url, reason) => {
    const parsing = () => parseRedisUrl(url);
    expect(parsing).toThrow(RedisUrlInvalid);
    expect(parsing).toThrow(reason);
    expect(parsing).not.toThrow('secret');
  });
});
