/** A document, and which of its members are to be written. */
export interface Masked {
  /** Names of members, from the outside in; undefined: all that clients write. */
  readonly paths: readonly (readonly string[])[] | undefined;
  readonly document: unknown;
}

type Members = Record<string, unknown>;

const ALL = [['metadata', 'labels'], ['spec']];

function membersOf(value: unknown): Members | undefined {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  return isObject ? (value as Members) : undefined;
}

function found(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    const members = membersOf(value);
    return members && Object.hasOwn(members, name) ? members[name] : undefined;
  }, document);
}

/** The document with another value at the path; undefined takes the member away, and makes nothing on the way to it. */
function placed(document: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const members = new Map(Object.entries(membersOf(document) ?? {}));
  const next = placed(members.get(name), rest, value);
  if (next === undefined) members.delete(name);
  else members.set(name, next);
  const isNothing = members.size === 0 && document === undefined;
  return isNothing ? undefined : Object.fromEntries(members);
}

/** Writes what the mask names as the other document has it: what that one does not have is taken away. */
export function fieldMask(document: unknown, patch: unknown): unknown {
  const { paths = ALL, document: other } = patch as Masked;
  return paths.reduce((changed, path) => placed(changed, path, found(other, path)), document);
}
