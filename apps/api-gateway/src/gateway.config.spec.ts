import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@skein/config';
import { GatewayConfig } from './gateway.config.js';

const valid = {
  SKEIN_DATABASE_URL: 'postgres://gateway@127.0.0.1/skein',
  SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1',
  SKEIN_SEALING_KEY: Buffer.alloc(32).toString('base64'),
  SKEIN_AUTHENTICATION: 'none',
};

describe('GatewayConfig', () => {
  it.each(['127.0.0.1', '127.8.0.1', '::1', 'localhost'])('listens on %s', (host) => {
    expect(readConfig(GatewayConfig, { ...valid, SKEIN_GATEWAY_HOST: host }).gatewayHost).toBe(
      host,
    );
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com'])(
    'does not listen on %s, and says why',
    (host) => {
      const read = () => readConfig(GatewayConfig, { ...valid, SKEIN_GATEWAY_HOST: host });
      expect(read).toThrow(
        /SKEIN_GATEWAY_HOST must be a loopback address.*SKEIN_AUTHENTICATION=tokens/,
      );
    },
  );

  it('listens anywhere when it asks for tokens', () => {
    const config = readConfig(GatewayConfig, {
      ...valid,
      SKEIN_AUTHENTICATION: 'tokens',
      SKEIN_ACCESS: 'tokens: []',
      SKEIN_GATEWAY_HOST: '0.0.0.0',
    });
    expect(config.gatewayHost).toBe('0.0.0.0');
  });

  it.each([undefined, 'off', 'token'])('does not start with %s as authentication', (text) => {
    expect(() => readConfig(GatewayConfig, { ...valid, SKEIN_AUTHENTICATION: text })).toThrow(
      'SKEIN_AUTHENTICATION must be tokens or none',
    );
  });

  it('wants the tokens that it is to ask for', () => {
    expect(() => readConfig(GatewayConfig, { ...valid, SKEIN_AUTHENTICATION: 'tokens' })).toThrow(
      'SKEIN_ACCESS must be given with SKEIN_AUTHENTICATION=tokens',
    );
  });

  it('wants a key of 32 bytes', () => {
    expect(() => readConfig(GatewayConfig, { ...valid, SKEIN_SEALING_KEY: 'c2hvcnQ=' })).toThrow(
      'SKEIN_SEALING_KEY',
    );
  });
});
