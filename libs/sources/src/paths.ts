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

/** Code points that HFS+ does not see in a name. */
const UNSEEN = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** Nothing, `.`, `..` and `.git`, also as NTFS reads them: trailing dots and spaces, short names, streams. */
const FORBIDDEN = /^(?:\.{0,2} *|(?:\.git|git~\d)[ .]*(?::.*)?)$/;

function isForbidden(part: string): boolean {
  return FORBIDDEN.test(folded(part));
}

/** Equal for names that some file systems take for the same. */
export function folded(path: string): string {
  return path.replace(UNSEEN, '').normalize('NFC').toLowerCase();
}
