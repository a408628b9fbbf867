import { WorkerConfig } from '@skein/config';

/** The settings of the selector service: those of every worker. */
export class SelectorConfig extends WorkerConfig {}
