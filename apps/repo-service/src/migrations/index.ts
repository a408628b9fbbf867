import { Repo1800000000000 } from './1-repo.js';

/** In the order in which they run. */
export const migrations = [Repo1800000000000];
