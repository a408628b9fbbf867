export type { CheckVerdict, Found, Outcome, SeenReference } from './check.js';
export { accessOf, decideCheck } from './check.js';
export type { Referred } from './references.js';
export { referredIn, secretIn, secretReference } from './references.js';
export type { CheckSchedule } from './schedule.js';
export { failedCheckMs, firstCheckMs, nextCheckMs } from './schedule.js';
export type { RepositoryUser } from './wake-ups.js';
export { wakeUps } from './wake-ups.js';
