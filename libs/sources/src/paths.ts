import { SourceError } from './source-error.js';

/** A path that a user asks for: without `/` at its ends; refuses what could leave the repository. */
export function normalisePath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  if (trimmed !== '') checkPath(trimmed, 'the path');
  return trimmed;
}

/** A name out of a tree or a bundle, before anybody writes it to a disk. */
export function checkPath(path: string, what: string): string {
  if (/\p{Cc}/u.test(path))
    throw new SourceError('refused', `${what} has a NUL or other control character in it`);
  if (path.startsWith('/')) throw new SourceError('refused', `${what} ${path} is absolute`);
  const forbidden = path.split('/').find(isForbidden);
  if (forbidden === undefined) return path;
  const part = forbidden === '' ? 'an empty part' : `the part "${forbidden}"`;
  throw new SourceError('refused', `${what} ${path} has ${part} in it`);
}

function isForbidden(part: string): boolean {
  return ['', '.', '..', '.git'].includes(part.toLowerCase());
}
