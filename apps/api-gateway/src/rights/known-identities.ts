import type { OnApplicationShutdown } from '@nestjs/common';
import type { AccessRules } from './access-rules.js';
import type { DeviceTokens } from './device-tokens.js';
import { Identities, type Identity, type Organisation } from './identity.js';
import type { OidcTokens } from './oidc/oidc-tokens.js';

/** Three parts, as every signed JSON Web Token has them. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Tokens that were written down, those of devices, and those of an OpenID provider. */
export class KnownIdentities extends Identities implements OnApplicationShutdown {
  override readonly anonymous = undefined;

  constructor(
    private readonly rules: AccessRules,
    private readonly devices: DeviceTokens,
    private readonly oidc: OidcTokens | undefined,
  ) {
    super();
  }

  async holderOf(token: string): Promise<Identity | undefined> {
    const holder = this.rules.holderOf(token) ?? (await this.devices.holderOf(token));
    if (holder || !this.oidc || !JWT.test(token)) return holder;
    const user = await this.oidc.verify(token);
    return user && { name: user.name, grants: this.rules.grantsOf(user.groups) };
  }

  onApplicationShutdown(): void {
    this.oidc?.stop();
  }

  organisations(): readonly Organisation[] {
    return this.rules.organisations;
  }
}
