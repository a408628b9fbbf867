import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Manifest {
  readonly name?: string;
  readonly exports?: unknown;
  readonly [field: string]: unknown;
}

/** A project as the structural laws see it; all paths use forward slashes. */
export interface Project {
  /** Relative to the workspace, such as `libs/domain/render`. */
  readonly folder: string;
  /** undefined: the folder has no package.json. */
  readonly manifest: Manifest | undefined;
  /** Text by path relative to the folder; no build output. */
  readonly files: ReadonlyMap<string, string>;
}

const parents = ['apps', 'libs', 'libs/domain', 'tools'];
const skipped = new Set(['dist', 'node_modules']);

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

function readProject(root: string, folder: string): Project {
  const paths = filesBelow(join(root, folder));
  const files = new Map(
    paths.map((path) => [path, readFileSync(join(root, folder, path), 'utf8')]),
  );
  const manifest = files.get('package.json');
  return {
    folder,
    files,
    manifest: manifest === undefined ? undefined : (JSON.parse(manifest) as Manifest),
  };
}

function foldersIn(root: string, parent: string): string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .map((entry) => `${parent}/${entry.name}`)
    .filter((folder) => !parents.includes(folder));
}

/** Reads every project below apps, libs, libs/domain and tools. */
export function readWorkspace(root: string): Project[] {
  return parents
    .flatMap((parent) => foldersIn(root, parent))
    .map((folder) => readProject(root, folder));
}
