import type { Room } from '@skein/migrate';

export interface ServiceDescription {
  /** The word that names it in logs, roles and streams. */
  readonly room: Room;
  /** Below apps/. */
  readonly folder: string;
}

/** The seven services. The replayer comes first: without it nothing goes round. */
export const services: readonly ServiceDescription[] = [
  { room: 'replayer', folder: 'replayer' },
  { room: 'gateway', folder: 'api-gateway' },
  { room: 'selector', folder: 'selector-service' },
  { room: 'validation', folder: 'validation-service' },
  { room: 'rollout', folder: 'rollout-service' },
  { room: 'render', folder: 'render-service' },
  { room: 'repo', folder: 'repo-service' },
];
