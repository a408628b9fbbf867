import { Repo1800000000000 } from './1-repo.js';
import { Checks1800000000001 } from './2-checks.js';
import { Secrets1800000000002 } from './3-secrets.js';

/** In the order in which they run. */
export const migrations = [Repo1800000000000, Checks1800000000001, Secrets1800000000002];
