export { bigintArray, jsonArray, smallintArray, textArray, uuidArray } from './binary-array.js';
export { TooManyWaiting } from './bounded.js';
export { isTransient, sqlState } from './errors.js';
export { Postgres, type PostgresSettings } from './postgres.js';
export type { Scope } from './scoped-query.js';
export type { Database, Queryable, QueryOptions, Transaction } from './statements.js';
