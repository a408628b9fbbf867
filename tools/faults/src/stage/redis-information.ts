import type { Redis } from 'ioredis';

/** A figure of `INFO`: a number of its own, or the first one in a list; 0 when there is none. */
export function figureOf(information: string, name: string): number {
  const line = information.split(/\r?\n/).find((each) => each.startsWith(`${name}:`));
  return Number(/^[^:]*:(?:\w+=)?(-?\d+)/.exec(line ?? '')?.[1] ?? 0);
}

/** A figure of one section of `INFO`, as `figureOf` reads it. */
export async function numberIn(redis: Redis, section: string, name: string): Promise<number> {
  return figureOf(await redis.info(section), name);
}
