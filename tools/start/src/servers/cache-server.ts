import { FromEnvironment, readConfig } from '@skein/config';
import { IsIn, Matches } from 'class-validator';

const POLICIES = ['lru', 'lfu', 'random', 'ttl'].flatMap((what) => [
  ...(what === 'ttl' ? [] : [`allkeys-${what}`]),
  `volatile-${what}`,
]);
const FLAG = String.raw`--[a-z][a-z0-9-]*( +(?!--)\S+)*`;

/** How an own server for the cache is set up: the settings of Flight Control's, with its defaults. */
export class CacheServerConfig {
  @FromEnvironment('REDIS_MAXMEMORY', 'what the cache may take, such as 512mb or 1gb')
  @Matches(/^\d+([kmg]b?)?$/i)
  maxmemory: string = '1gb';

  @FromEnvironment('REDIS_MAXMEMORY_POLICY', 'what goes when the cache is full')
  @IsIn([...POLICIES, 'noeviction'])
  policy: string = 'allkeys-lru';

  @FromEnvironment('REDIS_LOGLEVEL', 'what its log has')
  @IsIn(['debug', 'verbose', 'notice', 'warning'])
  loglevel: string = 'warning';

  @FromEnvironment('REDIS_EXTRA_FLAGS', 'more of its flags, such as --maxmemory-samples 10')
  @Matches(new RegExp(`^ *(${FLAG}( +|$))*$`))
  extraFlags: string = '';

  /** In pairs of name and values, the extra ones last. */
  get flags(): string[] {
    const extra = this.extraFlags.split(/(?:^|\s+)--/).filter((flag) => flag.trim());
    return [
      ...['--maxmemory', this.maxmemory, '--maxmemory-policy', this.policy],
      ...['--loglevel', this.loglevel],
      ...extra.flatMap((flag) => {
        const [name, ...values] = flag.trim().split(/\s+/);
        return [`--${name}`, values.join(' ')];
      }),
    ];
  }
}

/** @throws InvalidConfiguration */
export function cacheServerFlags(environment: NodeJS.ProcessEnv): string[] {
  return readConfig(CacheServerConfig, environment).flags;
}

/** As much as the windows of the streams take by default, and room for what is pending. */
export const streamServerFlags = ['--maxmemory', '1gb'];
