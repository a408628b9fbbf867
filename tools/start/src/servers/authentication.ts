import { createHash } from 'node:crypto';
import { apiToken } from './kept-secret.js';

/** How one gets into the gateway. */
export interface Authentication {
  /** Of the developer, who may do everything; undefined when nobody asks. */
  readonly token: string | undefined;
  /** As the gateway's settings take it. */
  readonly settings: NodeJS.ProcessEnv;
}

/** One token for the developer, unless the environment wants none to be asked for. */
export async function authentication(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Authentication> {
  if (environment['SKEIN_AUTHENTICATION'] === 'none') {
    return { token: undefined, settings: { SKEIN_AUTHENTICATION: 'none' } };
  }
  const token = await apiToken(folder);
  const sha256 = createHash('sha256').update(token).digest('hex');
  const roles = [{ role: 'admin', organization: '*' }];
  return {
    token,
    settings: {
      SKEIN_AUTHENTICATION: 'tokens',
      SKEIN_ACCESS: JSON.stringify({ tokens: [{ name: 'developer', sha256, roles }] }),
      SKEIN_ACCESS_FILE: '',
    },
  };
}
