export type { RepositoryUser } from './wake-ups.js';
export { wakeUps } from './wake-ups.js';
