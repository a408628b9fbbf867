import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'skein-sources-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10 }) };
}

/** A real repository with a working tree, made in the folder. */
export class TestRepository {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    return this.gitWith('', ...args);
  }

  gitWith(input: string, ...args: string[]): string {
    const options = { cwd: this.folder, env: ENVIRONMENT, input, encoding: 'utf8' } as const;
    return execFileSync('git', args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] }).trim();
  }

  write(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content, { mode });
  }

  /** Commits everything that is there; the commit's full name. */
  commit(message = 'change'): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit on a new branch whose tree no working tree could give: lines of `git mktree`. */
  commitTree(branch: string, ...entries: string[]): string {
    const tree = this.gitWith(`${entries.join('\0')}\0`, 'mktree', '-z', '--missing');
    const commit = this.git('commit-tree', '-m', branch, tree);
    this.git('update-ref', `refs/heads/${branch}`, commit);
    return commit;
  }

  blob(content: string): string {
    return this.gitWith(content, 'hash-object', '-w', '--stdin');
  }
}
