import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Room } from '@skein/migrate';

/** The folder of the workspace. */
export const root = join(fileURLToPath(import.meta.url), '../../../../..');

/** Where a room's service stands, below the folder of a build. */
function folderOf(room: Room): string {
  const names: Partial<Record<Room, string>> = { gateway: 'api-gateway', replayer: 'replayer' };
  return join('apps', names[room] ?? `${room}-service`);
}

/** One change in the text of a compiled file. */
export interface Edit {
  /** Below the folder of the build, such as `libs/events/dist/topology.js`. */
  readonly file: string;
  readonly from: RegExp;
  readonly to: string;
  /** How often `from` must be there; 1 by default. */
  readonly times?: number;
}

/** Built services: those of this workspace, or an edited copy of them. */
export class Build {
  private constructor(private readonly folder: string) {}

  /** What `npm run build` made. */
  static readonly present = new Build(root);

  /** The file that Node runs. */
  mainOf(room: Room): string {
    return join(this.folder, folderOf(room), 'dist/main.js');
  }

  /**
   * A copy of this workspace's build in the folder, with the edits made in it. The folder must be below the
   * workspace's own: packages that are not ours are then found there.
   * @throws when the text is not as an edit expects it
   */
  static async copy(folder: string, edits: readonly Edit[]): Promise<Build> {
    const rooms = await projects();
    await Promise.all(rooms.map((project) => copyProject(project, folder)));
    for (const edit of edits) await applyEdit(edit, folder);
    return new Build(folder);
  }
}

async function projects(): Promise<string[]> {
  const below = async (parent: string) =>
    (await readdir(join(root, parent))).map((name) => join(parent, name));
  const all = await Promise.all(['apps', 'libs', 'libs/domain'].map(below));
  return all.flat().filter((folder) => folder !== 'libs/domain');
}

async function copyProject(project: string, folder: string): Promise<void> {
  const from = join(root, project);
  const to = join(folder, project);
  await mkdir(to, { recursive: true });
  await cp(join(from, 'dist'), join(to, 'dist'), { recursive: true });
  const manifest = await readFile(join(from, 'package.json'), 'utf8');
  await writeFile(join(to, 'package.json'), manifest);
  const { name } = JSON.parse(manifest) as { name: string };
  const link = join(folder, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(to, link);
}

/** @throws when the text is not as the edit expects it */
export async function applyEdit(
  { file, from, to, times = 1 }: Edit,
  folder: string,
): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  const everywhere = new RegExp(from.source, 'g');
  const found = [...text.matchAll(everywhere)].length;
  if (found !== times) throw new Error(`${file} has ${from.source} ${found} times, not ${times}`);
  await writeFile(path, text.replace(everywhere, to));
}
