import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Nothing of this machine's or user's git configuration, and a name of its own. */
function environmentIn(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Skein demo',
    GIT_AUTHOR_EMAIL: 'demo@skein.invalid',
    GIT_COMMITTER_NAME: 'Skein demo',
    GIT_COMMITTER_EMAIL: 'demo@skein.invalid',
  };
}

/** A bare git repository and the working tree from which it gets its commits. */
export class GitRepository {
  private constructor(private readonly folder: string) {}

  /** Makes it in the folder, in place of what was there. */
  static async create(folder: string): Promise<GitRepository> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const repository = new GitRepository(folder);
    await repository.git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'bare.git');
    await repository.git(folder, 'clone', '--quiet', 'bare.git', 'tree');
    return repository;
  }

  get url(): string {
    return pathToFileURL(join(this.folder, 'bare.git')).href;
  }

  /** Copies files over the working tree, commits and pushes. Answers the commit's full name. */
  async commit(files: string, message: string): Promise<string> {
    const tree = join(this.folder, 'tree');
    await cp(files, tree, { recursive: true });
    await this.git(tree, 'add', '--all');
    await this.git(tree, 'commit', '--quiet', '--message', message);
    await this.git(tree, 'push', '--quiet', 'origin', 'HEAD:main');
    return this.git(tree, 'rev-parse', 'HEAD');
  }

  private async git(folder: string, ...args: string[]): Promise<string> {
    const { stdout } = await execute('git', args, { cwd: folder, env: environmentIn(this.folder) });
    return stdout.trim();
  }
}
