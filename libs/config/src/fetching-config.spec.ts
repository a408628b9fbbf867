import { describe, expect, it } from '@jest/globals';
import { FetchingConfig } from './fetching-config.js';
import { readConfig } from './read.js';

const key = Buffer.alloc(32, 7).toString('base64');
const valid = {
  SKEIN_DATABASE_URL: 'postgres://render@127.0.0.1/skein',
  SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1',
  SKEIN_SEALING_KEY: key,
};

describe('settings of services that fetch', () => {
  it('give each service a folder of its own', () => {
    const config = readConfig(FetchingConfig, {
      ...valid,
      SKEIN_SOURCE_CACHE_DIRECTORY: '/var/cache/skein',
      SKEIN_SOURCE_ALLOWED_CIDRS: '10.0.0.0/8, 127.0.0.1/32',
    });
    expect(config.sourceSettings('render')).toMatchObject({
      cacheFolder: '/var/cache/skein/render',
      allowedNetworks: ['10.0.0.0/8', '127.0.0.1/32'],
      allowFile: [],
    });
  });

  it.each(['10.0.0.0/33', 'intranet', '10.0.0.0/8,x', '10.0.0/8'])(
    'refuse %s as a network',
    (text) => {
      const read = () => readConfig(FetchingConfig, { ...valid, SKEIN_SOURCE_ALLOWED_CIDRS: text });
      expect(read).toThrow('SKEIN_SOURCE_ALLOWED_CIDRS');
    },
  );

  it('tell keys apart without showing them', () => {
    const { current } = readConfig(FetchingConfig, valid).sealingKeys;
    const other = Buffer.alloc(32, 8).toString('base64');
    expect(current.key).toEqual(Buffer.alloc(32, 7));
    expect(current.id).toMatch(/^[0-9a-f]{16}$/);
    expect(
      readConfig(FetchingConfig, { ...valid, SKEIN_SEALING_KEY: other }).sealingKeys.current.id,
    ).not.toBe(current.id);
  });

  it.each([undefined, 'short', Buffer.alloc(16).toString('base64'), `${key}x`])(
    'refuse %s as a key',
    (text) => {
      expect(() => readConfig(FetchingConfig, { ...valid, SKEIN_SEALING_KEY: text })).toThrow(
        'SKEIN_SEALING_KEY',
      );
    },
  );
});
