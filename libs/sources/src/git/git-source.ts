import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutboundGuard } from '../outbound-guard.js';
import { normalisePath } from '../paths.js';
import type { Probed } from '../probed.js';
import type { SourceLimits, SourceSettings } from '../settings.js';
import { SingleFlight } from '../single-flight.js';
import { SourceError } from '../source-error.js';
import type { Fetched, GitRequest, RepositoryAccess } from '../source.js';
import { Turns } from '../turns.js';
import { DamagedMirror, PartsRefused } from './git-failure.js';
import { GitMirror } from './git-mirror.js';
import { openRemote } from './git-remote.js';
import { checkGitVersion } from './git-version.js';
import { probeRemote } from './probe.js';
import { listPath, readFiles } from './read-path.js';
import { candidateRefs, isCommit } from './revision.js';

/** Fetches of one repository take turns; those of the same revision are one. Other repositories are not held back. */
export class GitSource {
  readonly #turns = new Turns();
  readonly #updates = new SingleFlight<string>();
  /** Mirrors of servers that give no files by themselves. */
  readonly #whole = new Set<string>();
  readonly #command: string;
  readonly #searchPath: string;
  #ready?: Promise<void>;

  constructor(
    private readonly settings: SourceSettings,
    private readonly guard: OutboundGuard,
    private readonly limits: SourceLimits,
  ) {
    this.#command = settings.gitCommand ?? 'git';
    this.#searchPath = settings.searchPath ?? '/usr/local/bin:/usr/bin:/bin';
  }

  async fetch(request: GitRequest, signal: AbortSignal): Promise<Fetched> {
    const path = normalisePath(request.path);
    if (!isCommit(request.targetRevision)) candidateRefs(request.targetRevision);
    await this.#prepare();
    const mirror = this.#mirrorOf(request.repository);
    try {
      return await this.#fetch(request, path, mirror, signal);
    } catch (error) {
      if (!(error instanceof DamagedMirror)) throw error;
      if (error instanceof PartsRefused) this.#whole.add(mirror.folder);
    }
    await this.#turns.take(mirror.folder, signal, () => mirror.remove());
    const anew = this.#mirrorOf(request.repository);
    return this.#fetch(request, path, anew, signal).catch((error: unknown) => {
      if (!(error instanceof DamagedMirror)) throw error;
      throw new SourceError('unreachable', 'the local copy of the repository cannot be read');
    });
  }

  /** Takes no turn: it does not touch the mirror. */
  async probe({ repository, targetRevision }: GitRequest, signal: AbortSignal): Promise<Probed> {
    if (!isCommit(targetRevision)) candidateRefs(targetRevision);
    await this.#prepare();
    await using remote = await openRemote(repository, this.#remoteContext);
    const context = { command: this.#command, searchPath: this.#searchPath, home: this.#home };
    return { revision: await probeRemote(targetRevision, remote, context, signal) };
  }

  async #fetch(
    request: GitRequest,
    path: string,
    mirror: GitMirror,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const revision = await this.#update(request, mirror, signal);
    const entries = await listPath(mirror, { commit: revision, path }, this.limits, signal);
    const objects = entries.map(({ object }) => object);
    const sizes =
      (await mirror.sizes(objects, signal)) ??
      (await this.#complete(request.repository, mirror, objects, signal));
    const files = await readFiles(mirror, { path, entries, sizes }, this.limits, signal);
    return { revision, files };
  }

  async #complete(
    repository: RepositoryAccess,
    mirror: GitMirror,
    objects: readonly string[],
    signal: AbortSignal,
  ): Promise<number[]> {
    await this.#turns.take(mirror.folder, signal, async () => {
      await using remote = await openRemote(repository, this.#remoteContext);
      await mirror.complete(objects, remote, signal);
    });
    const sizes = await mirror.sizes(objects, signal);
    if (!sizes) throw new DamagedMirror('a file is missing');
    return sizes;
  }

  #update(
    { repository, targetRevision }: GitRequest,
    mirror: GitMirror,
    signal: AbortSignal,
  ): Promise<string> {
    const key = JSON.stringify([repository, targetRevision]);
    return this.#updates.run(key, signal, (inner) =>
      this.#turns.take(mirror.folder, inner, async () => {
        await using remote = await openRemote(repository, this.#remoteContext);
        return await mirror.update(targetRevision, remote, inner);
      }),
    );
  }

  #mirrorOf({ org, uid, url }: RepositoryAccess): GitMirror {
    const name = createHash('sha256')
      .update(JSON.stringify([org, uid, url]))
      .digest('hex');
    const folder = join(this.settings.cacheFolder, 'mirrors', name);
    return new GitMirror(folder, {
      command: this.#command,
      searchPath: this.#searchPath,
      home: this.#home,
      maximumSize: this.limits.mirrorBytes,
      partial: !this.#whole.has(folder),
    });
  }

  get #remoteContext() {
    return {
      guard: this.guard,
      allowFile: this.settings.allowFile ?? [],
      temporaryFolder: this.settings.cacheFolder,
      knownHosts: this.settings.sshKnownHosts,
    };
  }

  get #home(): string {
    return join(this.settings.cacheFolder, 'home');
  }

  /** Once; again after a failure. */
  #prepare(): Promise<void> {
    this.#ready ??= this.#checkMachine().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #checkMachine(): Promise<void> {
    await mkdir(this.#home, { recursive: true, mode: 0o700 });
    await removeLeftKeys(this.settings.cacheFolder);
    await checkGitVersion(this.#command, { home: this.#home, searchPath: this.#searchPath });
  }
}

/** Of fetches whose process was killed. */
async function removeLeftKeys(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => /^(?:ssh|tls)-/.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
