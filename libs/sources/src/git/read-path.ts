import type { SourceLimits } from '../settings.js';
import { SourceError } from '../source-error.js';
import type { FetchedFile } from '../source.js';
import { DamagedMirror } from './git-failure.js';
import type { GitMirror } from './git-mirror.js';
import { parseBatch, parseTree, refuseSpecial, relativeTo } from './git-tree.js';
import type { TreeEntry } from './git-tree.js';

interface Place {
  commit: string;
  /** Normalised; empty for the whole tree. */
  path: string;
}

/** More than 4 KiB a name no file system takes; the rest of a line is short. */
const LINE_BYTES = 4_200;
const BATCH_HEADER_BYTES = 100;

/** The files at a path of a commit in the mirror; their contents may not be here yet. */
export async function listPath(
  mirror: GitMirror,
  place: Place,
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<TreeEntry[]> {
  const paths = place.path === '' ? [] : [place.path];
  const args = ['ls-tree', '-r', '-z', '--full-tree', place.commit, '--', ...paths];
  const maximumOutput = limits.files * LINE_BYTES;
  const entries = parseTree(await mirror.read(args, signal, { maximumOutput }));
  if (entries.length === 0 && place.path !== '') await explainMissing(mirror, place, signal);
  if (entries.length <= limits.files) return entries;
  throw new SourceError(
    'too-large',
    `the path holds ${entries.length} files, ${limits.files} are allowed`,
  );
}

/** The contents of listed files, which must be here. The limit is checked before any is read. */
export async function readFiles(
  mirror: GitMirror,
  { path, entries, sizes }: { path: string; entries: readonly TreeEntry[]; sizes: number[] },
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<FetchedFile[]> {
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size > limits.bytes) {
    throw new SourceError('too-large', `the path holds ${size} bytes, ${limits.bytes} are allowed`);
  }
  const contents = await readAll(mirror, entries, limits, signal);
  return relativeTo(path, entries).map(({ path: name, mode }, index) => ({
    path: name,
    mode,
    content: contents[index] as Buffer,
  }));
}

async function readAll(
  mirror: GitMirror,
  entries: readonly TreeEntry[],
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const input = entries.map(({ object }) => `${object}\n`).join('');
  const maximumOutput = limits.bytes + entries.length * BATCH_HEADER_BYTES;
  const output = await mirror.read(['cat-file', '--batch'], signal, { input, maximumOutput });
  const contents = parseBatch(output, entries.length);
  if (!contents) throw new DamagedMirror('an object is missing');
  return contents;
}

/** A path may be missing because a part of it is a link or a submodule, which git does not follow. */
async function explainMissing(
  mirror: GitMirror,
  { commit, path }: Place,
  signal: AbortSignal,
): Promise<never> {
  const parts = path.split('/');
  const parents = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  for (const parent of parents) {
    const line = await mirror.read(['ls-tree', '-z', '--full-tree', commit, '--', parent], signal);
    refuseSpecial(line.toString('latin1', 0, 6), parent);
    if (line.length === 0) break;
  }
  throw new SourceError('not-found', `there is no ${path} in commit ${commit.slice(0, 12)}`);
}
