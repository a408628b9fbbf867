import { FetchingConfig } from '@skein/config';

/** The settings of the validation service: those of every worker that fetches. */
export class ValidationConfig extends FetchingConfig {}
