import { Log1800000000000 } from './1-log.js';

/** The migrations of the schema `log`, oldest first. */
export const logMigrations = [Log1800000000000];
