import type { Redis } from 'ioredis';
import { hostOf, type Host } from './host.js';
import { informationOf, type Information } from './information.js';

/** How a server is set up; undefined: it could not be read. */
export interface ServerState extends Host {
  /** Such as `redis 7.0.15`. */
  readonly version: string | undefined;
  /** Tells one server from another, whatever its address. */
  readonly runId: string | undefined;
  /** Bytes; 0: no limit. */
  readonly maxmemory: number | undefined;
  readonly policy: string | undefined;
  readonly appendOnly: boolean | undefined;
  /** When the append-only file is brought to disk: `everysec`, `always` or `no`. */
  readonly appendSync: string | undefined;
  readonly snapshots: boolean | undefined;
}

function versionIn(information: Information): string | undefined {
  const valkey = information.get('valkey_version');
  const redis = information.get('redis_version');
  if (valkey !== undefined) return `valkey ${valkey}`;
  return redis === undefined ? undefined : `redis ${redis}`;
}

/** A number that INFO has under this name. */
export function numberIn(information: Information, name: string): number | undefined {
  const text = information.get(name);
  return text === undefined || text === '' ? undefined : Number(text);
}

const present = <Value>(text: string | undefined, read: (text: string) => Value) =>
  text === undefined ? undefined : read(text);

/** Judges nothing, and asks the server nothing more; looks at the machine when the server is on this one. */
export async function stateOf(
  information: Information,
  address: string,
  root?: string,
): Promise<ServerState> {
  return {
    version: versionIn(information),
    runId: information.get('run_id'),
    maxmemory: numberIn(information, 'maxmemory'),
    policy: information.get('maxmemory_policy'),
    appendOnly: present(information.get('aof_enabled'), (text) => text === '1'),
    appendSync: information.get('appendfsync'),
    snapshots: present(information.get('save'), (text) => text !== ''),
    ...(await hostOf(address, information.get('process_id'), root)),
  };
}

/** @throws when the server does not answer */
export async function readState(redis: Redis): Promise<ServerState> {
  return stateOf(await informationOf(redis), addressOf(redis).host);
}

/** Where the connection leads, as far as the client knows. */
export function addressOf(redis: Redis): { host: string; port: number } {
  const { stream, options } = redis as Redis & {
    stream?: { remoteAddress?: string; remotePort?: number };
  };
  const host = stream?.remoteAddress?.replace(/^::ffff:/, '') ?? options.host ?? 'unknown';
  return { host, port: stream?.remotePort ?? options.port ?? 0 };
}
