import type { FactoryProvider } from '@nestjs/common';
import { InvalidConfiguration } from '@skein/config';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { Identities } from './identity.js';
import { NobodyAsked } from './nobody-asked.js';
import { StaticTokens } from './static-tokens.js';
import { InvalidTokenFile } from './token-file.js';

function identitiesOf({ authentication, apiTokens }: GatewayConfig, logger: Logger): Identities {
  if (authentication === 'none' || !apiTokens) return new NobodyAsked();
  try {
    return new StaticTokens(apiTokens, logger);
  } catch (error) {
    if (!(error instanceof InvalidTokenFile)) throw error;
    throw new InvalidConfiguration(error.problems.map((problem) => `SKEIN_API_TOKENS: ${problem}`));
  }
}

/** Who is believed, as the settings say. */
export const identitiesProvider: FactoryProvider<Identities> = {
  provide: Identities,
  useFactory: identitiesOf,
  inject: [GatewayConfig, LOGGER],
};
