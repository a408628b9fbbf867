import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { nodeOptions } from '@skein/config';

export interface ServiceOptions {
  readonly name: string;
  /** The file that Node runs. */
  readonly main: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
}

const guard = new URL(`./guard${extname(import.meta.url)}`, import.meta.url).href;
const readyWithinMs = 60_000;
/** As long as orchestrators wait before they kill. */
const endWithinMs = 30_000;

/** A service as a process of its own, which starts and ends only when told so. */
export class Service {
  /** That it ended unasked, or did not end when asked. */
  readonly faults: string[] = [];
  private child: ChildProcess | undefined;
  private asked = false;
  private expectedCode: number | undefined;
  private readonly log: WriteStream;

  constructor(private readonly options: ServiceOptions) {
    this.log = createWriteStream(options.logFile);
    // A full disk takes the log away, not the service.
    this.log.on('error', () => undefined);
  }

  get name(): string {
    return this.options.name;
  }

  /**
   * Resolves when it says that it is ready.
   * @throws when it ends before, or takes too long
   */
  async start(): Promise<void> {
    const { main, environment, name, logFile } = this.options;
    this.asked = false;
    const child = spawn(process.execPath, [...nodeOptions, '--import', guard, main], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in a terminal must reach only us.
      detached: true,
    });
    this.child = child;
    const ready = this.readUntilReady([child.stdout, child.stderr]);
    const ended = new Promise<never>((_resolve, reject) => {
      const fail = (how: unknown) => reject(new Error(`${name} did not start (${String(how)})`));
      child.once('error', fail).once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        const isFault = !this.asked && (code === null || code !== this.expectedCode);
        if (isFault) this.faults.push(`${name} ended by itself: ${how}`);
        fail(`${how}: see ${logFile}`);
      });
      setTimeout(fail, readyWithinMs, `not ready in ${readyWithinMs} ms`).unref();
    });
    // It goes on to tell of an end after the start, which then is in `faults`.
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  /** Undefined before its first start. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether its process runs. */
  get isRunning(): boolean {
    const { child } = this;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** From now on it may end by itself with this code: whoever expects that starts it again. */
  expectEnd(code: number): void {
    this.expectedCode = code;
  }

  /** It stands still, with its connections open, until it is thawed (SIGSTOP, SIGCONT). */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** It is about to end by itself, and may; resolves when it has, or the signal says that nobody waits any more. */
  async ended(signal: AbortSignal): Promise<void> {
    this.asked = true;
    const { child } = this;
    if (!child || !this.isRunning) return;
    await once(child, 'exit', { signal });
  }

  /** Resolves when it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    this.asked = true;
    if (!child || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => {
      this.faults.push(`${this.name} was still there ${endWithinMs} ms after ${signal}`);
      child.kill('SIGKILL');
    }, endWithinMs);
    await ended;
    clearTimeout(timer);
  }

  private readUntilReady(streams: readonly (Readable | null)[]): Promise<void> {
    return new Promise((resolve) => {
      for (const stream of streams) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          this.log.write(`${line}\n`);
          if (line.includes('"msg":"ready"')) resolve();
        });
      }
    });
  }
}
