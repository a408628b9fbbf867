import { basename } from 'node:path/posix';
import { checkPath, folded } from '../paths.js';
import { SourceError } from '../source-error.js';

export interface TreeEntry {
  path: string;
  /** 0o644 or 0o755. */
  mode: number;
  object: string;
}

const LINE = /^(?<mode>\d{6}) (?<type>\w+) (?<object>[0-9a-f]+)\t(?<path>.*)$/s;

/** Reads `git ls-tree -r -z`; refuses everything that is not a plain file with a harmless name. */
export function parseTree(listing: Buffer): TreeEntry[] {
  const entries = decode(listing).split('\0').filter(Boolean).map(parseEntry);
  const paths = new Set(entries.map(({ path }) => path));
  if (paths.size !== entries.length)
    throw new SourceError('refused', 'a path stands twice in the tree');
  refuseTwins(paths);
  return entries;
}

/** Names that differ in nothing but case or form: where they are one file, one would replace the other. */
function refuseTwins(paths: ReadonlySet<string>): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (const [index] of parts.entries()) {
      const place = parts.slice(0, index + 1).join('/');
      const key = folded(place);
      const twin = seen.get(key) ?? place;
      if (twin !== place)
        throw new SourceError('refused', `${twin} and ${place} are one name to some file systems`);
      seen.set(key, place);
    }
  }
}

function decode(listing: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(listing);
  } catch {
    throw new SourceError('refused', 'the tree has file names that are not UTF-8');
  }
}

function parseEntry(line: string): TreeEntry {
  const { mode = '', type, object = '', path = '' } = LINE.exec(line)?.groups ?? {};
  checkPath(path, 'the file');
  refuseSpecial(mode, path);
  if (type !== 'blob') throw new SourceError('refused', `${path} is not a file`);
  return { path, mode: mode === '100755' ? 0o755 : 0o644, object };
}

/** Of the modes that git has, symbolic links and submodules point out of the tree. */
export function refuseSpecial(mode: string, path: string): void {
  if (mode === '120000') throw new SourceError('refused', `${path} is a symbolic link`);
  if (mode === '160000') throw new SourceError('refused', `${path} is a submodule`);
}

/** Paths as the asker sees them: a file by its base name, a directory's files relative to it. */
export function relativeTo(path: string, entries: readonly TreeEntry[]): TreeEntry[] {
  const [only] = entries;
  if (only && only.path === path) return [{ ...only, path: basename(path) }];
  const prefix = path === '' ? '' : `${path}/`;
  return entries.map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

/** Reads `git cat-file --batch-check`: bytes of the contents in the order asked for, or undefined if one is missing. */
export function parseSizes(output: Buffer): number[] | undefined {
  const lines = output.toString('latin1').split('\n').filter(Boolean);
  const sizes = lines
    .map((line) => line.split(' '))
    .map(([, type, size]) => (type === 'blob' ? Number(size) : NaN));
  return sizes.some(Number.isNaN) ? undefined : sizes;
}

/** Reads `git cat-file --batch`: the contents in the order asked for, or undefined if one is missing. */
export function parseBatch(output: Buffer, count: number): Buffer[] | undefined {
  const contents: Buffer[] = [];
  let at = 0;
  while (contents.length < count) {
    const end = output.indexOf('\n', at);
    const [, type, size] = output.toString('latin1', at, end).split(' ');
    if (end < 0 || type !== 'blob') return undefined;
    const start = end + 1;
    at = start + Number(size);
    contents.push(output.subarray(start, at));
    at += 1;
  }
  return contents;
}
