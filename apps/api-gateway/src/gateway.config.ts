import { Credential, FromEnvironment } from '@skein/config';
import { IsBoolean, IsDefined, IsIn, IsInt, Matches, Max, Min, ValidateIf } from 'class-validator';
import { LimitsConfig } from './limits/limits.config.js';

const LOOPBACK_ONLY = {
  message:
    '$property must be a loopback address, such as 127.0.0.1, without SKEIN_AUTHENTICATION=tokens',
};
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** The settings of the gateway. */
export class GatewayConfig extends LimitsConfig {
  @FromEnvironment(
    'SKEIN_AUTHENTICATION',
    'tokens: only holders of a token get in, one of SKEIN_ACCESS or of SKEIN_OIDC_ISSUER; none: everybody may do everything, for development',
  )
  @IsIn(['tokens', 'none'], { message: '$property must be tokens or none' })
  authentication: 'tokens' | 'none';

  @FromEnvironment(
    'SKEIN_ACCESS',
    'organizations, the digests of tokens, and the roles of their holders and of groups, YAML or JSON',
  )
  @ValidateIf(({ authentication }: GatewayConfig) => authentication === 'tokens')
  @IsDefined({ message: '$property must be given with SKEIN_AUTHENTICATION=tokens' })
  access?: Credential;

  @FromEnvironment('SKEIN_GATEWAY_HOST', 'the address of the API')
  @ValidateIf(({ authentication }: GatewayConfig) => authentication !== 'tokens')
  @Matches(LOOPBACK, LOOPBACK_ONLY)
  gatewayHost: string = '127.0.0.1';

  @FromEnvironment('SKEIN_GATEWAY_PORT', 'the port of the API; 0 takes a free one')
  @IsInt()
  @Min(0)
  @Max(65_535)
  gatewayPort: number = 8_080;

  @FromEnvironment('SKEIN_GRPC_HOST', 'the address of the API by gRPC')
  @ValidateIf(({ authentication }: GatewayConfig) => authentication !== 'tokens')
  @Matches(LOOPBACK, LOOPBACK_ONLY)
  grpcHost: string = '127.0.0.1';

  @FromEnvironment('SKEIN_GRPC_PORT', 'the port of the API by gRPC; 0 takes a free one')
  @IsInt()
  @Min(0)
  @Max(65_535)
  grpcPort: number = 9_090;

  @FromEnvironment(
    'SKEIN_GRPC_REFLECTION',
    'whether clients of gRPC may ask which methods there are',
  )
  @IsBoolean()
  grpcReflection: boolean = false;

  @FromEnvironment('SKEIN_LONG_POLL_MS', 'how long a device waits for a new document at the most')
  @IsInt()
  @Min(1)
  @Max(600_000)
  longPollMs: number = 240_000;

  @FromEnvironment('SKEIN_SILENT_AFTER_MS', 'a device that was not heard of for so long is silent')
  @IsInt()
  @Min(1_000)
  @Max(86_400_000)
  silentAfterMs: number = 300_000;

  @FromEnvironment('SKEIN_WATCH_CLIENTS', 'clients that may watch lists at the same time')
  @IsInt()
  @Min(1)
  @Max(100_000)
  watchClients: number = 10_000;

  @FromEnvironment(
    'SKEIN_WATCH_BUFFER_BYTES',
    'what may wait for a client that watches and reads slowly',
  )
  @IsInt()
  @Min(1_024)
  @Max(1_073_741_824)
  watchBufferBytes: number = 1_048_576;

  @FromEnvironment(
    'SKEIN_WATCH_LIFE_MS',
    'how long a watch lasts at the most; the client connects again, and its rights are asked for again',
  )
  @IsInt()
  @Min(1_000)
  @Max(86_400_000)
  watchLifeMs: number = 600_000;

  @FromEnvironment(
    'SKEIN_WATCH_RESUME_EVENTS',
    'events of the log over which a watch can be gone on with; after more, clients list again',
  )
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  watchResumeEvents: number = 100_000;
}
