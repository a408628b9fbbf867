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

/** A file or a directory of a commit in the mirror. The limits are checked before any content is read. */
export async function readPath(
  mirror: GitMirror,
  place: Place,
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<FetchedFile[]> {
  const entries = await list(mirror, place, limits, signal);
  if (entries.length === 0 && place.path !== '') await explainMissing(mirror, place, signal);
  checkLimits(entries, limits);
  const contents = await readAll(mirror, entries, limits, signal);
  return relativeTo(place.path, entries).map(({ path, mode }, index) => ({
    path,
    mode,
    content: contents[index] as Buffer,
  }));
}

async function list(
  mirror: GitMirror,
  place: Place,
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<TreeEntry[]> {
  const paths = place.path === '' ? [] : [place.path];
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', place.commit, '--', ...paths];
  return parseTree(await mirror.read(args, signal, { maximumOutput: limits.files * LINE_BYTES }));
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

function checkLimits(entries: readonly TreeEntry[], limits: SourceLimits): void {
  if (entries.length > limits.files) {
    throw new SourceError(
      'too-large',
      `the path holds ${entries.length} files, ${limits.files} are allowed`,
    );
  }
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size > limits.bytes) {
    throw new SourceError('too-large', `the path holds ${size} bytes, ${limits.bytes} are allowed`);
  }
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
