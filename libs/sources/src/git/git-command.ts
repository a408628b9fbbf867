import { spawn, type ChildProcess } from 'node:child_process';
import { SourceError } from '../source-error.js';

export interface GitCommandOptions {
  /** The whole environment; nothing is inherited. */
  environment: Record<string, string>;
  signal: AbortSignal;
  /** Written to standard input, which is then closed. */
  input?: string;
  /** Bytes of standard output; more is `too-large`. */
  maximumOutput?: number;
}

export interface GitResult {
  /** The exit code; -1 when a signal ended it. */
  code: number;
  output: Buffer;
  /** The end of standard error: for classification only, it may hold what a server said. */
  errors: string;
}

const ERRORS_KEPT = 16 * 1024;
const DEFAULT_MAXIMUM = 4 * 1024 * 1024;

/** Runs git without a shell. Settles only after the process has ended, also when it was aborted. */
export async function runGit(
  command: string,
  args: readonly string[],
  options: GitCommandOptions,
): Promise<GitResult> {
  options.signal.throwIfAborted();
  // In a group of its own, so that its helpers (git-remote-https) end with it.
  const child = spawn(command, args, { env: options.environment, shell: false, detached: true });
  const stop = () => kill(child);
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await collect(child, options);
    options.signal.throwIfAborted();
    return result;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

function collect(child: ChildProcess, options: GitCommandOptions): Promise<GitResult> {
  const maximum = options.maximumOutput ?? DEFAULT_MAXIMUM;
  const { promise, resolve, reject } = Promise.withResolvers<GitResult>();
  const chunks: Buffer[] = [];
  let size = 0;
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maximum) kill(child);
    else chunks.push(chunk);
  });
  child.stderr?.on(
    'data',
    (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-ERRORS_KEPT)),
  );
  child.on('error', () =>
    reject(new SourceError('unreachable', 'git cannot be run on this machine')),
  );
  child.on('close', (code) => {
    if (size > maximum)
      reject(new SourceError('too-large', `git answered with more than ${maximum} bytes`));
    else resolve({ code: code ?? -1, output: Buffer.concat(chunks), errors });
  });
  // git may end before it has read everything; what counts is its exit code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  return promise;
}

function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
