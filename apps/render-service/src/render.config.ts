import { CacheConfig } from '@skein/config';

/** The settings of the render service: those of every worker that fetches. */
export class RenderConfig extends CacheConfig {}
