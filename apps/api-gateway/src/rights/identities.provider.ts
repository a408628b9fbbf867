import type { FactoryProvider } from '@nestjs/common';
import { InvalidConfiguration, type Credential } from '@skein/config';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { InvalidAccessFile } from './access-file.js';
import { AccessRules } from './access-rules.js';
import { DeviceTokens } from './device-tokens.js';
import { Identities } from './identity.js';
import { KnownIdentities } from './known-identities.js';
import { NobodyAsked } from './nobody-asked.js';
import { OidcTokens } from './oidc/oidc-tokens.js';

function rulesIn(access: Credential, logger: Logger): AccessRules {
  try {
    return new AccessRules(access, logger);
  } catch (error) {
    if (!(error instanceof InvalidAccessFile)) throw error;
    throw new InvalidConfiguration(error.problems.map((problem) => `SKEIN_ACCESS: ${problem}`));
  }
}

function identitiesOf(config: GatewayConfig, logger: Logger, devices: DeviceTokens): Identities {
  const { authentication, access, oidc } = config;
  if (authentication === 'none' || !access) return new NobodyAsked();
  const users = oidc && new OidcTokens(oidc, logger);
  return new KnownIdentities(rulesIn(access, logger), devices, users);
}

/** Who is believed, as the settings say. */
export const identitiesProvider: FactoryProvider<Identities> = {
  provide: Identities,
  useFactory: identitiesOf,
  inject: [GatewayConfig, LOGGER, DeviceTokens],
};
