import { spawnSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fillerName = 'filler';

function run(command: string, ...parameters: string[]): void {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${error ?? stderr}`);
}

/** Somebody else has taken some of it meanwhile. */
function unlessFull(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOSPC') throw error;
}

/** Why there can be no small disk here; undefined when there can. */
export function smallDiskObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has a tmpfs of any size';
  return process.getuid?.() === 0 ? undefined : 'a small disk is mounted, and only root may';
}

/** A disk of a few megabytes, in memory, that can be filled up. */
export class SmallDisk {
  /** One that is mounted there. */
  constructor(readonly folder: string) {}

  /** Mounts it on the folder, which is made; it goes when `resources` end, so its user must be added after it. */
  static async mount(
    folder: string,
    bytes: number,
    resources: AsyncDisposableStack,
  ): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=0777`, 'tmpfs', folder);
    // Lazily: whoever still has a file open there must not keep it.
    resources.defer(async () => run('umount', '-l', folder));
    return new SmallDisk(folder);
  }

  /** Takes up what is left. */
  async fill(): Promise<void> {
    const bytes = Buffer.alloc(await this.free());
    await writeFile(join(this.folder, fillerName), bytes, { flag: 'a' }).catch(unlessFull);
  }

  /** Gives back what was taken up. */
  async clear(): Promise<void> {
    await rm(join(this.folder, fillerName), { force: true });
  }

  /** In bytes. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }
}
