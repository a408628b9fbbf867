import { DEFAULT_ORGANISATION } from '@skein/events';
import { EVERYWHERE, Identities, type Identity } from './identity.js';

/** Everybody may do everything: for development, on this machine only. */
export class NobodyAsked extends Identities {
  override readonly anonymous: Identity = {
    name: 'anonymous',
    grants: [{ role: 'admin', organization: EVERYWHERE }],
  };

  /** A token proves nothing where nobody asks for one. */
  holderOf(): Promise<Identity | undefined> {
    return Promise.resolve(this.anonymous);
  }

  organisations() {
    return [{ id: DEFAULT_ORGANISATION, displayName: 'Default' }];
  }
}
