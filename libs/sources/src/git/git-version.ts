import { SourceError } from '../source-error.js';
import { runGit } from './git-command.js';
import { gitEnvironment } from './git-environment.js';

/** The first git that knows `http.curloptResolve`. An older one would ignore the pinned addresses. */
const OLDEST = [2, 37] as const;

export async function checkGitVersion(
  command: string,
  options: { home: string; searchPath: string },
): Promise<void> {
  const environment = gitEnvironment(options);
  const signal = AbortSignal.timeout(10_000);
  const { output } = await runGit(command, ['--version'], { environment, signal });
  const [, major = 0, minor = 0] = (/ (\d+)\.(\d+)/.exec(output.toString()) ?? []).map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new SourceError(
    'unreachable',
    `git ${OLDEST.join('.')} or later is needed on this machine`,
  );
}
