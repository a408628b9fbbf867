import { EVERYWHERE, type Grant, type Identity } from './identity.js';
import { rightsWith, type Rights } from './roles.js';

const isOfSystem = ({ role, organization }: Grant): boolean =>
  role === 'admin' && organization === EVERYWHERE;

/** What somebody may do in an organisation, or in any of them. */
export function rightsOf({ grants }: Identity, organisation?: string): Rights {
  const held = grants.filter(
    ({ organization }) =>
      !organisation || organization === EVERYWHERE || organization === organisation,
  );
  return rightsWith(
    held.map(({ role }) => role),
    held.some(isOfSystem),
  );
}
