import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { skeinFolder } from './workspace.js';

export interface Options {
  /** End when the devices are up to date, with data in temporary folders. */
  readonly once: boolean;
  /** Apply the examples and follow the rollout; else only the services run. */
  readonly demo: boolean;
  /** Until then everything must be up to date, measured from the start. */
  readonly timeoutSeconds: number;
  readonly devices: number;
  /** TCP port of the gateway; undefined: 8080, or a free one when that is taken. */
  readonly port: number | undefined;
  /** Where data, logs and the demo's git repository stay. */
  readonly folder: string;
  /** Show all log lines of the services, not only warnings and errors. */
  readonly verbose: boolean;
}

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {}

export const usage = `usage: npm start [-- options]

Starts PostgreSQL and Redis where they are not given, the seven services, and the demo:
a commit in a git repository arrives on simulated devices.

  --once               end with exit code 0 when all devices are up to date, else 1;
                       the last line is a JSON object; own servers use temporary folders
  --timeout <seconds>  how long that may take (120)
  --devices <n>        how many devices are simulated, 1 to 1000 (20)
  --no-demo            only start the services
  --port <port>        of the gateway on 127.0.0.1 (8080, or a free one when that is taken)
  --folder <path>      where data, logs and the demo's git repository stay (.skein)
  --verbose            show all log lines of the services, not only warnings
  --help

  SKEIN_DATABASE_URL      PostgreSQL 15 or later, a role that may create roles and schemas
  SKEIN_STREAM_REDIS_URL  Redis for the streams: noeviction, append-only file
  SKEIN_CACHE_REDIS_URL   Redis for the cache: a maxmemory and allkeys-lru
  REDIS_MAXMEMORY, REDIS_MAXMEMORY_POLICY, REDIS_LOGLEVEL, REDIS_EXTRA_FLAGS
                          an own Redis for the cache (1gb, allkeys-lru, warning, no more flags)
  SKEIN_AUTHENTICATION    none lets everybody on this machine do everything (a token is asked for without it)
  SKEIN_GRPC_PORT         of the API by gRPC (9090, or a free one when that is taken)
  SKEIN_SEALING_KEY       seals credentials: base64 of 32 bytes (drawn once, and kept in the folder)

The demo deletes what an earlier demo left (fleet and repositories named demo…) and begins anew.
`;

const known = {
  once: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '120' },
  devices: { type: 'string', default: '20' },
  'no-demo': { type: 'boolean', default: false },
  port: { type: 'string' },
  folder: { type: 'string', default: skeinFolder },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function parseOptions(args: string[]): Options | 'help' {
  const values = read(args);
  if (values.help) return 'help';
  if (values.once && values['no-demo']) {
    throw new UsageError('--once waits for the demo, so it cannot go with --no-demo');
  }
  return {
    once: values.once,
    demo: !values['no-demo'],
    timeoutSeconds: whole('--timeout', values.timeout, 1, 86_400),
    devices: whole('--devices', values.devices, 1, 1_000),
    port: values.port === undefined ? undefined : whole('--port', values.port, 1, 65_535),
    folder: resolve(values.folder),
    verbose: values.verbose,
  };
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}
