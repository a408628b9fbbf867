import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../source-error.js';
import { runGit } from './git-command.js';
import type { GitResult } from './git-command.js';
import { gitEnvironment } from './git-environment.js';
import { DamagedMirror, failureOf, PartsRefused, refusesObject } from './git-failure.js';
import type { GitRemote } from './git-remote.js';
import { parseSizes } from './git-tree.js';
import { candidateRefs, isCommit, pickRef } from './revision.js';

export interface MirrorContext {
  command: string;
  searchPath: string;
  home: string;
  /** Bytes that the mirror may take. */
  maximumSize: number;
  /** Fetches files only when they are asked for; a server that cannot do that gives all of a commit. */
  partial: boolean;
}

const FETCH = [
  'fetch',
  '--quiet',
  '--force',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
];
const WITHOUT_FILES = '--filter=blob:none';
/** As git itself does to get what a partial fetch left out. */
const WITHOUT_HISTORY = ['-c', 'fetch.negotiationAlgorithm=noop'];
/** A depth that git reads as "everything"; unlike `--unshallow` it is no error on a complete mirror. */
const EVERYTHING = '--depth=2147483647';
const WATCH_INTERVAL = 250;

/** A bare repository on disk that holds what was fetched of one remote so far. Callers take turns to update it. */
export class GitMirror {
  constructor(
    readonly folder: string,
    private readonly context: MirrorContext,
  ) {}

  /** Makes sure that the revision is here, and says which commit it is now. */
  async update(revision: string, remote: GitRemote, signal: AbortSignal): Promise<string> {
    await this.#prepare(signal);
    if (isCommit(revision)) return this.#updateCommit(revision, remote, signal);
    const candidates = candidateRefs(revision);
    const args = ['ls-remote', '--quiet', '--', remote.url, ...candidates];
    const { output } = await this.#ask(args, remote, signal);
    const picked = pickRef(output.toString('utf8'), candidates);
    if (!picked) throw missing(revision);
    return (await this.find(picked.object, signal)) ?? this.#fetchOne(picked.ref, remote, signal);
  }

  /** A git command on what is already here; it cannot reach any network. */
  async read(
    args: readonly string[],
    signal: AbortSignal,
    options: { input?: string; maximumOutput?: number } = {},
  ) {
    const { output, code } = await this.#git(args, undefined, signal, options);
    if (code !== 0) throw new DamagedMirror(`git ${args[0]} failed`);
    return output;
  }

  /** Bytes of files in their order; undefined if one of them is not here. */
  async sizes(objects: readonly string[], signal: AbortSignal): Promise<number[] | undefined> {
    const input = objects.map((object) => `${object}\n`).join('');
    const args = ['cat-file', '--batch-check'];
    const { code, output } = await this.#git(args, undefined, signal, { input });
    return code === 0 ? parseSizes(output) : undefined;
  }

  /** Gets files that a partial fetch left out. */
  async complete(
    objects: readonly string[],
    remote: GitRemote,
    signal: AbortSignal,
  ): Promise<void> {
    const input = objects.map((object) => `${object}\n`).join('');
    const args = [...WITHOUT_HISTORY, ...FETCH, WITHOUT_FILES, '--stdin', '--', remote.url];
    const { code, errors } = await this.#bounded(args, remote, signal, input);
    if (code === 0) return;
    throw refusesObject(errors) ? new PartsRefused() : failureOf(errors);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The commit of an object (a tag's commit too), if it is here. */
  async find(object: string, signal: AbortSignal): Promise<string | undefined> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${object}^{commit}`];
    const { code, output } = await this.#git(args, undefined, signal);
    return code === 0 ? output.toString('utf8').trim() : undefined;
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    // It only grows while it lives; what is needed of it comes back with one shallow fetch. Well before the
    // maximum, so that a repository with a long life never reaches it.
    if ((await this.#size()) > this.context.maximumSize / 2) await this.remove();
    if (await exists(join(this.folder, 'HEAD'))) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const { code } = await this.#git(
      ['init', '--quiet', '--bare', '--template='],
      undefined,
      signal,
    );
    if (code !== 0) throw new SourceError('unreachable', 'git cannot write to the cache folder');
  }

  async #updateCommit(commit: string, remote: GitRemote, signal: AbortSignal): Promise<string> {
    const known = await this.find(commit, signal);
    if (known) return known;
    const shallow = await this.#fetch(['--depth=1'], [refspec(commit)], remote, signal);
    if (shallow.code !== 0 && !refusesObject(shallow.errors)) throw failureOf(shallow.errors);
    if (shallow.code !== 0) await this.#fetchAll(remote, signal);
    const found = await this.find(commit, signal);
    if (!found) throw missing(commit);
    return found;
  }

  async #fetchOne(ref: string, remote: GitRemote, signal: AbortSignal): Promise<string> {
    const { code, errors } = await this.#fetch(['--depth=1'], [refspec(ref)], remote, signal);
    if (code !== 0) throw failureOf(errors);
    const commit = await this.find(localName(ref), signal);
    if (!commit) throw new SourceError('invalid', `${ref} is not a commit`);
    return commit;
  }

  async #fetchAll(remote: GitRemote, signal: AbortSignal): Promise<void> {
    const all = ['+refs/heads/*:refs/all/heads/*', '+refs/tags/*:refs/all/tags/*'];
    const { code, errors } = await this.#fetch([EVERYTHING, '--prune'], all, remote, signal);
    if (code !== 0) throw failureOf(errors);
  }

  async #fetch(
    options: string[],
    refspecs: string[],
    remote: GitRemote,
    signal: AbortSignal,
  ): Promise<GitResult> {
    const filter = this.context.partial ? [WITHOUT_FILES] : [];
    return this.#bounded(
      [...FETCH, ...filter, ...options, '--', remote.url, ...refspecs],
      remote,
      signal,
    );
  }

  /** Until it takes more room than it may. */
  async #bounded(
    args: readonly string[],
    remote: GitRemote,
    signal: AbortSignal,
    input?: string,
  ): Promise<GitResult> {
    const limit = new AbortController();
    const watch = setInterval(() => void this.#checkSize(limit), WATCH_INTERVAL);
    let result: GitResult | undefined;
    try {
      const inner = AbortSignal.any([signal, limit.signal]);
      result = await this.#git(args, remote, inner, { input });
      await this.#checkSize(limit);
      limit.signal.throwIfAborted();
      return result;
    } finally {
      clearInterval(watch);
      if (result?.code !== 0) await this.#tidy();
    }
  }

  async #ask(args: string[], remote: GitRemote, signal: AbortSignal): Promise<GitResult> {
    const result = await this.#git(args, remote, signal);
    if (result.code !== 0) throw failureOf(result.errors);
    return result;
  }

  #git(
    args: readonly string[],
    remote: GitRemote | undefined,
    signal: AbortSignal,
    options: { input?: string; maximumOutput?: number } = {},
  ): Promise<GitResult> {
    const base = gitEnvironment({ ...this.context, protocol: remote?.protocol }, remote?.config);
    const environment = { ...base, ...remote?.environment };
    const located = [`--git-dir=${this.folder}`, ...args];
    return runGit(this.context.command, located, { environment, signal, ...options });
  }

  async #checkSize(limit: AbortController): Promise<void> {
    if ((await this.#size()) <= this.context.maximumSize) return;
    limit.abort(
      new SourceError(
        'too-large',
        `the repository is larger than ${this.context.maximumSize} bytes`,
      ),
    );
  }

  async #size(): Promise<number> {
    const sizes = (await this.#packs()).map((file) =>
      stat(file).then(
        (found) => found.size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** What a fetch leaves behind that was cut off. */
  async #tidy(): Promise<void> {
    const unfinished = (await this.#packs()).filter((file) => file.includes('/pack/tmp_'));
    const leftovers = [...unfinished, join(this.folder, 'shallow.lock')];
    await Promise.all(leftovers.map((file) => rm(file, { force: true })));
  }

  async #packs(): Promise<string[]> {
    const folder = join(this.folder, 'objects/pack');
    const names = await readdir(folder).catch(() => []);
    return names.map((name) => join(folder, name));
  }
}

function missing(revision: string): SourceError {
  const hint = /^[0-9a-f]{7,39}$/.test(revision) ? ' (a commit must be given in full)' : '';
  return new SourceError(
    'not-found',
    `there is no branch, tag or commit ${revision || 'HEAD'}${hint}`,
  );
}

/** Hashed, so that no two refs can be in each other's way (`a` and `a/b`). */
function localName(ref: string): string {
  return `refs/one/${createHash('sha256').update(ref).digest('hex')}`;
}

function refspec(ref: string): string {
  return `+${ref}:${localName(ref)}`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
