export { append, RefusedEvent, type AppendedEvent } from './append.js';
export { consumerTableNames, consumerTables } from './consumer-tables.js';
export { ConsumerLog, type DueRetry } from './consumer-log.js';
export { EventLog, type Change } from './event-log.js';
export { EventTypes } from './event-types.js';
export {
  ENVELOPE_COLUMNS,
  envelopeText,
  readEvents,
  readEventTexts,
  type EnvelopeRow,
} from './read.js';
export { logMigrations } from './migrations/index.js';
