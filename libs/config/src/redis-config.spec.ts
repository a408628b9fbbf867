import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readConfig } from './read.js';
import { ServiceConfig } from './service-config.js';

const folder = mkdtempSync(join(tmpdir(), 'skein-redis-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const url = 'redis://127.0.0.1';
const read = (more: Record<string, string>) =>
  readConfig(ServiceConfig, {
    SKEIN_DATABASE_URL: 'postgres://render@127.0.0.1/skein',
    SKEIN_STREAM_REDIS_URL: url,
    ...more,
  });

describe('where the Redis of the streams is', () => {
  it.each([
    url,
    'redis://unused',
    'rediss://user:p%40ss@host.example:6380/2',
    'redis://[::1]:6379/',
    'redis+sentinel://one:26379,two/primary',
    'rediss+sentinel://user:word@one,[::2]:7/primary/3',
    'rediss+cluster://one:1,two:2',
  ])('is told by %s', (text) => {
    expect(read({ SKEIN_STREAM_REDIS_URL: text }).streamRedis.url).toBe(text);
  });

  it.each([
    'http://host',
    'redis://',
    'redis://u:secret@one,two',
    'redis://u:secret@one:x',
    'redis://u:secret@one?family=6',
    'redis+sentinel://u:secret@one',
    'redis+cluster://u:secret@one/1',
  ])('is not told by %s, and the password is not shown', (text) => {
    const reading = () => read({ SKEIN_STREAM_REDIS_URL: text });
    expect(reading).toThrow(/SKEIN_STREAM_REDIS_URL must be redis:\/\/.*\+sentinel.*\+cluster/);
    expect(reading).not.toThrow('secret');
  });
});

describe('how it is entered', () => {
  it('may change in files while the service runs', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'first');
    const { username, password } = read({
      SKEIN_STREAM_REDIS_USERNAME: 'skein',
      SKEIN_STREAM_REDIS_PASSWORD_FILE: file,
    }).streamRedis;
    expect([username?.(), password?.()]).toEqual(['skein', 'first']);
    writeFileSync(file, 'second');
    expect(password?.()).toBe('second');
  });

  it('is nobody by default', () => {
    const { username, password } = read({}).streamRedis;
    expect([username, password]).toEqual([undefined, undefined]);
  });

  it('must be readable at the start', () => {
    expect(() => read({ SKEIN_STREAM_REDIS_PASSWORD_FILE: '/nowhere/password' })).toThrow(
      /SKEIN_STREAM_REDIS_PASSWORD_FILE cannot be read/,
    );
  });
});

describe('TLS', () => {
  const certificate = { SKEIN_STREAM_REDIS_TLS_CERT: 'c', SKEIN_STREAM_REDIS_TLS_KEY: 'k' };

  it('comes with authorities and a certificate', () => {
    const { tls } = read({
      SKEIN_STREAM_REDIS_URL: 'rediss://host',
      SKEIN_STREAM_REDIS_TLS_CA: 'a',
      ...certificate,
    }).streamRedis;
    expect([tls.ca?.(), tls.certificate?.(), tls.key?.(), tls.skipVerify]).toEqual([
      ...['a', 'c', 'k'],
      false,
    ]);
  });

  it.each([
    ['SKEIN_STREAM_REDIS_TLS_CA', 'a'],
    ['SKEIN_STREAM_REDIS_TLS_SERVER_NAME', 'host'],
    ['SKEIN_STREAM_REDIS_TLS_SKIP_VERIFY', 'true'],
  ])('must be wanted by the URL for %s', (variable, value) => {
    expect(() => read({ [variable]: value })).toThrow(`${variable} needs a SKEIN_STREAM_REDIS_URL`);
  });

  it.each(Object.entries(certificate))('needs both of the pair, not %s alone', (name, value) => {
    const reading = () => read({ SKEIN_STREAM_REDIS_URL: 'rediss://host', [name]: value });
    expect(reading).toThrow(`${name} needs SKEIN_STREAM_REDIS_TLS_`);
  });

  it('is verified unless that is explicitly not wanted', () => {
    const choice = {
      SKEIN_STREAM_REDIS_URL: 'rediss://host',
      SKEIN_STREAM_REDIS_TLS_SKIP_VERIFY: 'true',
    };
    expect(read(choice).streamRedis.tls.skipVerify).toBe(true);
    expect(() => read({ ...choice, SKEIN_STREAM_REDIS_TLS_SKIP_VERIFY: 'yes' })).toThrow(/boolean/);
  });
});
