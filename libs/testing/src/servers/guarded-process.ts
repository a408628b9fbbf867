import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive.js';
import type { ServerUser } from './server-user.js';

/**
 * Becomes the server by `exec`, so that the child's id is the server's. A watcher beside it reads
 * from the parent's pipe, which ends when the parent dies, however it dies: then the watcher stops
 * the server and removes its temporary folder. The line `over` tells it that the server has ended.
 */
const guard = `
signal=$1; remove=$2; shift 2
( (
  read -r verdict <&3
  [ "$verdict" = over ] && exit 0
  kill -s "$signal" $$
  tries=0
  while kill -0 $$ && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -s KILL $$
  [ -n "$remove" ] && rm -rf -- "$remove"
) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

const keptLines = 60;

export interface GuardedOptions {
  command: string;
  args: string[];
  directory: string;
  env?: NodeJS.ProcessEnv;
  user?: ServerUser;
  /** The signal for a quick clean end, without SIG: INT for PostgreSQL, TERM for Redis. */
  stopSignal: 'INT' | 'TERM';
  /** A folder to remove when this process dies before it stopped the server. */
  removeWhenOrphaned?: string;
}

/** A server process that does not outlive this one, not even when this one is killed. */
export class GuardedProcess {
  /** Resolves when the process has ended. */
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;
  private readonly pipe: Socket;
  private readonly lines: string[] = [];
  private ended = false;

  constructor(private readonly options: GuardedOptions) {
    const { command, args, directory, env, user, stopSignal, removeWhenOrphaned = '' } = options;
    // Detached: Ctrl-C in a terminal must reach the parent only, which stops its servers last.
    this.child = spawn(
      'sh',
      ['-c', guard, 'sh', stopSignal, removeWhenOrphaned, command, ...args],
      {
        ...user,
        cwd: directory,
        env: { PATH: process.env['PATH'], ...env },
        // Not the standard input as the guard's pipe: Node closes that one before `exit` is told.
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        detached: true,
      },
    );
    this.pipe = this.child.stdio[3] as Socket;
    this.pipe.on('error', () => undefined).resume();
    this.keepOutput(this.child.stdout);
    this.keepOutput(this.child.stderr);
    this.exited = this.watchEnd();
    this.unref();
  }

  get running(): boolean {
    return !this.ended;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines that it wrote, for error messages. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Asks it to end, and kills it when it has not ended in time. */
  async stop(milliseconds = 15_000): Promise<void> {
    this.child.kill(`SIG${this.options.stopSignal}`);
    await this.awaitEnd(milliseconds);
    if (this.running) await this.kill();
  }

  /** SIGKILL for it and its own children; resolves when they are gone. */
  async kill(): Promise<void> {
    if (this.ended) return;
    const children = childrenOf(this.child.pid);
    this.child.kill('SIGKILL');
    children.forEach((child) => signalProcess(child, 'SIGKILL'));
    await this.awaitEnd(10_000);
    for (let tries = 0; tries < 100 && children.some(isAlive); tries += 1) await sleep(20);
  }

  /** The timer keeps the event loop alive meanwhile, which the process itself does not. */
  private async awaitEnd(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const timeout = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.exited, timeout]);
    timer.abort();
  }

  private keepOutput(stream: Readable | null): void {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
      this.lines.splice(0, this.lines.length - keptLines);
    });
  }

  private watchEnd(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.ended = true;
        this.pipe.end('over\n');
        // Its last words may still be under way; its own children can hold the pipe open for ever.
        const timer = setTimeout(resolve, 300);
        this.child.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      };
      this.child.once('exit', end).once('error', (error) => {
        this.lines.push(error.message);
        end();
      });
    });
  }

  /** A forgotten server must not keep a test run alive; its guard stops it when the run ends. */
  private unref(): void {
    const { stdout, stderr } = this.child;
    const handles = [this.child, this.pipe, stdout, stderr] as ({ unref?: () => void } | null)[];
    handles.forEach((handle) => handle?.unref?.());
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
