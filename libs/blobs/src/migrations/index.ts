import { Blobs1800000000000 } from './1-blobs.js';

/** In the order in which they run. */
export const blobMigrations = [Blobs1800000000000];
