import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import { DeviceTokensService } from '../resources/device-tokens.service.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';

interface OfDevice {
  readonly device: string;
}

/** With what a device proves who it is. */
@Controller()
export class DeviceTokenMethods {
  constructor(private readonly tokens: DeviceTokensService) {}

  @GrpcMethod('DeviceService', 'ListDeviceTokens')
  @Needs('list', 'devices/tokens')
  list(@Payload() { device }: OfDevice, @Ctx() { caller }: Call) {
    return this.tokens.list(caller, device);
  }

  @GrpcMethod('DeviceService', 'IssueDeviceToken')
  @Needs('create', 'devices/tokens')
  async issue(@Payload() { device }: OfDevice, @Ctx() { caller }: Call) {
    return { token: await this.tokens.issue(caller, device) };
  }

  @GrpcMethod('DeviceService', 'RevokeDeviceToken')
  @Needs('delete', 'devices/tokens')
  async revoke(
    @Payload() { device, name }: OfDevice & { readonly name: string },
    @Ctx() { caller }: Call,
  ) {
    await this.tokens.revoke(caller, device, name);
    return {};
  }
}
