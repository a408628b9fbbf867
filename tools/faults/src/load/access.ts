import { createHash, randomBytes } from 'node:crypto';
import { DEFAULT_ORGANISATION } from '@skein/events';

/** What the writers and whoever looks say of themselves; gateways that ask nobody do not mind. */
const token = randomBytes(32).toString('hex');

export const authorization = `Bearer ${token}`;

/** Settings of gateways that let in only holders of a token: the writers, and devices with their own. */
export function tokensOnly(): NodeJS.ProcessEnv {
  const access = {
    organizations: [{ id: DEFAULT_ORGANISATION, displayName: 'Default' }],
    tokens: [
      {
        name: 'writers',
        sha256: createHash('sha256').update(token).digest('hex'),
        roles: [{ role: 'admin', organization: '*' }],
      },
    ],
  };
  return { SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS: JSON.stringify(access) };
}
