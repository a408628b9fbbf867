export { CommandRecorder } from './redis-commands/recorder.js';
export {
  keyColumnsQuery,
  keysWithoutOrganisation,
  timesWithoutZone,
  type Column,
  type KeyColumn,
  type Table,
} from './schema.js';
