export { bigintArray, jsonArray, smallintArray, textArray, uuidArray } from './binary-array.js';
export { isTransient, sqlState } from './errors.js';
export {
  Postgres,
  type PostgresSettings,
  type Queryable,
  type QueryOptions,
  type Transaction,
} from './postgres.js';
