import { findNativeRedis, howToInstallRedis } from './servers/native-redis.js';

type Describe = (name: string, body: () => void) => void;

/**
 * `describe` for what only a native Redis server can show: a crash that keeps the data, eviction,
 * failover. Without one it is reported as skipped, with what to install in its name.
 */
export function nativeRedisOrSkip(name: string, body: () => void): void {
  // Jest's global: importing it would tie `npm start`, which uses this room too, to jest.
  const { describe } = globalThis as unknown as { describe: Describe & { skip: Describe } };
  if (findNativeRedis()) describe(name, body);
  else describe.skip(`${name} (skipped: ${howToInstallRedis})`, body);
}
