/** What every object has from its prototype. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

const ORDINARY = { enumerable: true, writable: true, configurable: true };

const isOfClass = (value: object): boolean =>
  !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

function place(path: string, holder: object, name: string): string {
  if (Array.isArray(holder)) return `${path}[${name}]`;
  return path ? `${path}.${name}` : name;
}

/** Whether there is a member such as `toString` anywhere in it. */
export const holdsInherited = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).some(([name, member]) => inherited.has(name) || holdsInherited(member));

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !inherited.has(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, bare(member)]));
}

/**
 * The body without members such as `toString`: the libraries that read classes look for these on prototypes, and drop
 * them, take them for known, or fail.
 */
export function withoutInherited(body: unknown): unknown {
  return holdsInherited(body) ? bare(body) : body;
}

/**
 * The paths of such members where a class says which there are. In free maps they are names like others, and are put
 * back.
 * @param instance what was made of the body without them
 */
export function putBackInherited(body: unknown, instance: unknown, path = ''): string[] {
  if (!isObject(body) || !isObject(instance)) return [];
  return Object.entries(body).flatMap(([name, value]) => {
    const at = place(path, body, name);
    if (!inherited.has(name)) return putBackInherited(value, instance[name], at);
    if (isOfClass(instance)) return [at];
    Object.defineProperty(instance, name, { ...ORDINARY, value });
    return [];
  });
}
