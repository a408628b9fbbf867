import { SourceError } from '../source-error.js';

export interface SecretPlace {
  /** Uid of the organisation that asks. */
  org: string;
  namespace: string;
  name: string;
}

/** RFC 1123: what Kubernetes takes for names, so that no name can be another path of its API. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;

/**
 * Whoever writes a template may name any namespace, and this installation's account may be able to read it: so only
 * what the settings list is read. An entry is `namespace` (for every organisation), `<organisation uid>/namespace`
 * or `*`.
 *
 * @throws SourceError `refused` or `invalid`
 */
export function checkPlace(
  { org, namespace, name }: SecretPlace,
  allowed: readonly string[],
): void {
  if (!LABEL.test(namespace)) throw noName('namespace', namespace);
  if (!SUBDOMAIN.test(name)) throw noName('secret', name);
  const entries = [namespace, `${org}/${namespace}`, '*'];
  if (entries.some((entry) => allowed.includes(entry))) return;
  throw new SourceError(
    'refused',
    `this organisation may not read secrets of namespace "${namespace}": add it to SKEIN_KUBERNETES_ALLOWED_NAMESPACES`,
  );
}

function noName(what: string, text: string): SourceError {
  const shown = JSON.stringify(text.slice(0, 253));
  return new SourceError('invalid', `${shown} cannot be the name of a Kubernetes ${what}`);
}
