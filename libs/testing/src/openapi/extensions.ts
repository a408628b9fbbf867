import type { Loose } from '../json-client.js';

/** What a server does beyond an OpenAPI document. Everything else that the document does not have is a deviation. */
export interface Extensions {
  /** Operations, as `GET /things/{name}`. */
  readonly operations: readonly string[];
  /** Operations of the document that are answered 501. */
  readonly unbuilt: readonly string[];
  /** Query parameters by name: for operations of these methods. */
  readonly parameters: Readonly<Record<string, ParameterExtension>>;
  /** Status codes by what brings them about: for operations of these methods, or for one operation. */
  readonly statuses: Readonly<Record<string, readonly string[]>>;
  /** Media types of bodies, with their schema. */
  readonly requestTypes: Readonly<Record<string, Loose>>;
  readonly responseTypes: Readonly<Record<string, Loose>>;
  /** Members of schemas, as `Schema.member`, or further values of what they have. */
  readonly members: Readonly<Record<string, Loose>>;
  /** Schemas whose required members may be left out of requests, as `Schema`. */
  readonly optional: readonly string[];
}

interface ParameterExtension {
  readonly on: readonly string[];
  readonly schema: Loose;
}

/** The name of each entry, by which the uses of it are noted. */
export function entriesOf(extensions: Extensions): string[] {
  return Object.entries(extensions).flatMap(([sort, entries]) => {
    const names = Array.isArray(entries) ? (entries as string[]) : Object.keys(entries as object);
    return names.map((name) => `${sort} ${name}`);
  });
}
