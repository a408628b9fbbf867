export { isTransient, sqlState } from './errors.js';
export { Postgres, type PostgresSettings, type Queryable, type Transaction } from './postgres.js';
