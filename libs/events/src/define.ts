import type { EventDefinition } from './envelope.js';
import type { Kind } from './kinds.js';

/** Describes one event type. A released definition never changes: a new shape is a new version. */
export function define<Data>(
  kind: Kind,
  type: string,
  keys: readonly (keyof Data & string)[],
): EventDefinition<Data> {
  return Object.freeze({ kind, type, keys });
}
