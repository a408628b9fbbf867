import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace. */
export const root = join(fileURLToPath(import.meta.url), '../../../..');

/** What stays from start to start, ignored by git. */
export const skeinFolder = join(root, '.skein');

export const examplesFolder = join(root, 'examples');

/** Where one run keeps its data, its logs and its git repository. */
export function homeFolder({ once, folder }: { once: boolean; folder: string }): string {
  return once ? join(folder, `once-${process.pid}`) : folder;
}
