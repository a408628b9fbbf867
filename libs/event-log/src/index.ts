export { append, RefusedEvent, type AppendedEvent } from './append.js';
export { byHandNames, consumerFunctions } from './consumer-functions.js';
export { consumerTableNames, consumerTables } from './consumer-tables.js';
export { ConsumerLog, type Attempt, type DueRetry } from './consumer-log.js';
export {
  FailedMembers,
  type DueMember,
  type FailedMember,
  type MemberPlace,
} from './failed-members.js';
export type { Delivery } from './in-log.js';
export { legible } from './legible.js';
export { EventLog, type Change } from './event-log.js';
export { EventTypes } from './event-types.js';
export { ENVELOPE_TEXT, readEvents, readEventTexts } from './read.js';
export { logMigrations } from './migrations/index.js';
