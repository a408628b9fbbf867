import { API_VERSION, type AuthConfig } from '@skein/api';
import type { OidcSettings } from './oidc-settings.js';

const NAME = 'oidc';
/** There is none: the client is a public one. */
const MASKED = '*****';

/** How users get in, as Flight Control's clients read it. */
export function presentAuthentication(oidc: OidcSettings | undefined): AuthConfig {
  const head = { apiVersion: API_VERSION, organizationsEnabled: true } as const;
  if (!oidc) return { ...head, providers: [] };
  const { issuer, clientId, nameClaim, groupsClaim } = oidc;
  const provider = {
    apiVersion: API_VERSION,
    kind: 'AuthProvider',
    metadata: { name: NAME },
    spec: {
      providerType: 'oidc',
      ...{ issuer, clientId, clientSecret: MASKED, enabled: true },
      usernameClaim: [...nameClaim],
      organizationAssignment: { type: 'dynamic', claimPath: [...groupsClaim] },
      roleAssignment: { type: 'dynamic', claimPath: [...groupsClaim] },
    },
  };
  return { ...head, providers: [provider], defaultProvider: NAME };
}
