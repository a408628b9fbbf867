import { WorkerConfig } from '@skein/config';

/** The settings of the rollout service: those of every worker. */
export class RolloutConfig extends WorkerConfig {}
