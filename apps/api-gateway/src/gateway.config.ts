import { FromEnvironment, SealingConfig } from '@skein/config';
import { IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';

const LOOPBACK_ONLY = {
  message:
    '$property must be a loopback address, such as 127.0.0.1: there is no authentication yet',
};
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** The settings of the gateway. */
export class GatewayConfig extends SealingConfig {
  @FromEnvironment('SKEIN_GATEWAY_HOST', 'the address of the API')
  @Matches(LOOPBACK, LOOPBACK_ONLY)
  gatewayHost: string = '127.0.0.1';

  @FromEnvironment('SKEIN_GATEWAY_PORT', 'the port of the API; 0 takes a free one')
  @IsInt()
  @Min(0)
  @Max(65_535)
  gatewayPort: number = 8_080;

  @FromEnvironment('SKEIN_GRPC_HOST', 'the address of the API by gRPC')
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
}
