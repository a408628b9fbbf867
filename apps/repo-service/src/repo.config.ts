import { WorkerConfig } from '@skein/config';

/** The settings of the repo service: those of every worker. */
export class RepoConfig extends WorkerConfig {}
