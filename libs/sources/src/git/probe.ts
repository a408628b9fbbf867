import { join } from 'node:path';
import { SourceError } from '../source-error.js';
import { runGit } from './git-command.js';
import { gitEnvironment } from './git-environment.js';
import { failureOf, type DamagedMirror } from './git-failure.js';
import type { GitRemote } from './git-remote.js';
import { candidateRefs, isCommit, pickRef } from './revision.js';

export interface ProbeContext {
  command: string;
  searchPath: string;
  home: string;
}

const HEAD = 'HEAD';

/** Asks a remote what a revision names now, without fetching anything. A commit stays what it is; then only access is checked. */
export async function probeRemote(
  revision: string,
  remote: GitRemote,
  context: ProbeContext,
  signal: AbortSignal,
): Promise<string> {
  const candidates = isCommit(revision) ? [HEAD] : candidateRefs(revision);
  const environment = gitEnvironment({ ...context, protocol: remote.protocol }, remote.config);
  // A folder that is not there: no configuration of any repository around us is read.
  const nowhere = `--git-dir=${join(context.home, 'none')}`;
  const args = [nowhere, 'ls-remote', '--quiet', '--', remote.url, ...candidates];
  const { code, output, errors } = await runGit(context.command, args, { environment, signal });
  if (code !== 0) throw told(failureOf(errors));
  if (isCommit(revision)) return revision;
  const picked = pickRef(output.toString('utf8'), candidates);
  if (picked) return picked.object;
  if (candidates[0] === HEAD) return '';
  throw new SourceError('not-found', `there is no branch or tag ${revision}`);
}

function told(failure: SourceError | DamagedMirror): SourceError {
  if (failure instanceof SourceError) return failure;
  return new SourceError('unreachable', 'git could not ask the server');
}
