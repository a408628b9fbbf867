import { AreNetworks, FromEnvironment, withCacheRedis } from '@skein/config';
import { IsInt, Max, Min } from 'class-validator';
import { OidcConfig } from '../rights/oidc/oidc.config.js';

const HOUR_MS = 3_600_000;
const MOST_PER_SECOND = 1_000_000;

/** How much of the gateway one client may take, and for how long. */
export class LimitsConfig extends withCacheRedis(OidcConfig) {
  @FromEnvironment(
    'SKEIN_HEADERS_TIMEOUT_MS',
    'how long URL and headers of a request may take to arrive',
  )
  @IsInt()
  @Min(100)
  @Max(HOUR_MS)
  headersTimeoutMs: number = 20_000;

  @FromEnvironment('SKEIN_REQUEST_TIMEOUT_MS', 'how long a whole request may take to arrive')
  @IsInt()
  @Min(100)
  @Max(HOUR_MS)
  requestTimeoutMs: number = 60_000;

  @FromEnvironment(
    'SKEIN_STALLED_ANSWER_MS',
    'how long a client may take nothing of an answer that waits for it',
  )
  @IsInt()
  @Min(100)
  @Max(HOUR_MS)
  stalledAnswerMs: number = 60_000;

  @FromEnvironment(
    'SKEIN_KEEP_ALIVE_MS',
    'how long a connection may stay without a request; longer than that of a load balancer before it',
  )
  @IsInt()
  @Min(1_000)
  @Max(HOUR_MS)
  keepAliveMs: number = 75_000;

  @FromEnvironment(
    'SKEIN_MAX_CONNECTIONS',
    'connections at the same time, to REST and to gRPC each',
  )
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  maxConnections: number = 30_000;

  @FromEnvironment(
    'SKEIN_DRAIN_MS',
    'how long requests are served after readiness went, once the gateway is asked to stop: as long as a load balancer takes to see it',
  )
  @IsInt()
  @Min(0)
  @Max(HOUR_MS)
  drainMs: number = 0;

  @FromEnvironment(
    'SKEIN_RATE_OF_USERS',
    'requests per second of one holder of a token, over 10 s; 0: no limit',
  )
  @IsInt()
  @Min(0)
  @Max(MOST_PER_SECOND)
  rateOfUsers: number = 1_000;

  @FromEnvironment(
    'SKEIN_RATE_OF_DEVICES',
    'requests per second of one device, over 10 s; 0: no limit',
  )
  @IsInt()
  @Min(0)
  @Max(MOST_PER_SECOND)
  rateOfDevices: number = 20;

  @FromEnvironment(
    'SKEIN_RATE_OF_ANONYMOUS',
    'requests per second without a token from one address, over 10 s; 0: no limit',
  )
  @IsInt()
  @Min(0)
  @Max(MOST_PER_SECOND)
  rateOfAnonymous: number = 50;

  @FromEnvironment(
    'SKEIN_RATE_OF_FAILURES',
    'wrong or missing tokens per second from one address, over 10 s; 0: no limit',
  )
  @IsInt()
  @Min(0)
  @Max(MOST_PER_SECOND)
  rateOfFailures: number = 5;

  @FromEnvironment(
    'SKEIN_TRUSTED_PROXIES',
    'proxies and load balancers whose X-Forwarded-For is believed: addresses and networks as 10.0.0.0/8, comma-separated',
  )
  @AreNetworks()
  trustedProxies: string[] = [];
}
