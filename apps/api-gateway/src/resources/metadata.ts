import type { ObjectMeta } from '@skein/api';
import type { ReadRow } from './reader.js';

/** The metadata of a resource that was read. */
export function metadataOf(row: ReadRow): ObjectMeta {
  return {
    name: row.name,
    labels: row.labels,
    generation: row.generation,
    resourceVersion: String(row.version),
    creationTimestamp: row.createdAt.toISOString(),
  };
}
