export type { DeviceMatch, LabelledDevice } from './decide-matches.js';
export { decideMatches } from './decide-matches.js';
export type { SelectingFleet } from './fleet-index.js';
