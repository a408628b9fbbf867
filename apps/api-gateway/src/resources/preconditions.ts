import type { ObjectMeta } from '@skein/api';
import type { NamedRow } from '../entities/named-row.js';
import { entityTag, isCurrent, type Shown } from './entity-tag.js';
import { RefusedRequest } from './refused-request.js';

/** @throws RefusedRequest when the body was made from another version */
export function requireVersion(
  kind: string,
  row: NamedRow,
  { resourceVersion }: Pick<ObjectMeta, 'resourceVersion'>,
): void {
  if (resourceVersion === undefined || resourceVersion === String(row.version)) return;
  const said = `${kind} ${row.name} has resourceVersion ${row.version}, not ${resourceVersion}`;
  throw new RefusedRequest('outdated', `${said}: read it again`);
}

/** @throws RefusedRequest when what is there is not what If-Match names */
export function requireMatch(ifMatch: string, shown: Shown | undefined): void {
  if (shown && isCurrent(ifMatch, shown)) return;
  const found = shown ? `the state is ${entityTag(shown)} now` : 'there is no such resource';
  throw new RefusedRequest('precondition', `If-Match: ${found}`);
}
