import { join } from 'node:path';
import type { SourceSettings } from '../src/settings.js';
import type { GitRequest, RepositoryAccess, Source } from '../src/source.js';
import { createSources } from '../src/sources.js';
import { startGitHttpServer } from './git-http-server.js';
import type { GitHttpServer } from './git-http-server.js';
import { TestRepository, temporaryFolder } from './git-repository.js';

type Changes = Partial<GitRequest> & { access?: Partial<RepositoryAccess> };

/** A repository with two commits, reachable as file and over HTTP, and sources that may reach both. */
export interface GitScene {
  folder: string;
  repository: TestRepository;
  server: GitHttpServer;
  first: string;
  second: string;
  fetch: Source['fetch'];
  probe: Source['probe'];
  /** Sources with other settings. */
  sources(changes: Partial<SourceSettings>): Source;
  fileUrl(): string;
  httpUrl(): string;
  close(): Promise<void>;
}

export async function startScene(): Promise<GitScene> {
  const { path: folder, remove } = temporaryFolder();
  const root = join(folder, 'repositories');
  const repository = new TestRepository(join(root, 'config'));
  const { first, second } = fill(repository);
  const server = await startGitHttpServer(root);
  const settings: SourceSettings = {
    cacheFolder: join(folder, 'cache'),
    allowFile: [root],
    allowedNetworks: ['127.0.0.0/8'],
  };
  const { fetch, probe } = createSources(settings);
  return {
    folder,
    repository,
    server,
    first,
    second,
    fetch,
    probe,
    sources: (changes) => createSources({ ...settings, ...changes }),
    fileUrl: () => `file://${repository.folder}`,
    httpUrl: () => `${server.url}/config`,
    close: async () => {
      await server.close();
      remove();
    },
  };
}

function fill(repository: TestRepository): { first: string; second: string } {
  repository.write('etc/motd', 'one\n');
  repository.write('etc/bin/run', '#!/bin/sh\n', 0o755);
  repository.write('binary', Buffer.from([0, 255, 10, 0]));
  const first = repository.commit();
  repository.git('tag', '-a', 'v1', '-m', 'annotated');
  repository.write('etc/motd', 'two\n');
  const second = repository.commit();
  repository.git('branch', 'feature/a');
  return { first, second };
}

/** Asks for `etc/motd` on `main` of the URL, with changes. */
export function gitRequest(url: string, { access, ...changes }: Changes = {}): GitRequest {
  return {
    type: 'git',
    repository: { org: 'org', uid: 'uid', name: 'config', type: 'git', url, ...access },
    targetRevision: 'main',
    path: 'etc/motd',
    ...changes,
  };
}
