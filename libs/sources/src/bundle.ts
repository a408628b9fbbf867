import { checkPath } from './paths.js';
import { SourceError } from './source-error.js';
import type { FetchedFile } from './source.js';

interface BundleEntry {
  path: string;
  mode: number;
  content: string;
}

/** Equal file sets give equal bytes: `{"files":[{"path","mode","content" (base64)}]}`, sorted by path (UTF-16 order). */
export function encodeBundle(files: readonly FetchedFile[]): Buffer {
  const entries: BundleEntry[] = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, mode, content }) => ({
      path: checkPath(path, 'the file'),
      mode,
      content: content.toString('base64'),
    }));
  return Buffer.from(JSON.stringify({ files: entries }));
}

export function decodeBundle(bundle: Buffer): FetchedFile[] {
  const files = entriesOf(bundle);
  if (!files?.every(isEntry)) throw new SourceError('invalid', 'this is not a bundle of files');
  return files.map(({ path, mode, content }) => ({
    path: checkPath(path, 'the file'),
    mode,
    content: Buffer.from(content, 'base64'),
  }));
}

function entriesOf(bundle: Buffer): unknown[] | undefined {
  try {
    const files: unknown = (JSON.parse(bundle.toString('utf8')) as { files?: unknown } | null)
      ?.files;
    return Array.isArray(files) ? files : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is BundleEntry {
  const entry = value as Partial<BundleEntry> | null;
  return (
    typeof entry?.path === 'string' &&
    typeof entry.mode === 'number' &&
    typeof entry.content === 'string'
  );
}
