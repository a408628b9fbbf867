import { Blobs1800000000000 } from './1-blobs.js';
import { DigestKeys1800000000001 } from './2-digest-keys.js';

export const blobMigrations = [Blobs1800000000000, DigestKeys1800000000001];
