export type { DeviceMatch, LabelledDevice } from './decide-matches.js';
export { decideMatches } from './decide-matches.js';
export { FleetIndex, type SelectingFleet } from './fleet-index.js';
export { requirementsOf, type Requirements } from './requirements.js';
