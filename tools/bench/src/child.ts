import { spawn, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Answer, Call } from './processes/serve.js';

const END_WITHIN_MS = 10_000;
const READY_WITHIN_MS = 120_000;
const KEPT_LINES = 30;
const extension = extname(import.meta.url);

/** The file of one of the bench's own processes. */
export function ownProcess(name: string): string {
  return new URL(`./processes/${name}.process${extension}`, import.meta.url).pathname;
}

const orphanGuard = new URL(`./processes/orphan-guard${extension}`, import.meta.url).href;

/** A Node process that is measured, or that puts on load; it ends with the bench at the latest. */
export class Child {
  private readonly process: ChildProcess;
  private readonly ready = Promise.withResolvers<void>();
  private readonly ended: Promise<void>;
  private readonly calls = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly lines: string[] = [];
  private last = 0;

  private constructor(
    private readonly file: string,
    environment: NodeJS.ProcessEnv,
    private readonly onLine: (line: string) => void,
  ) {
    const profiling = process.env['SKEIN_BENCH_NODE_OPTIONS']?.split(' ') ?? [];
    // Detached: Ctrl-C in a terminal must reach the bench only, which ends its processes in order.
    this.process = spawn(process.execPath, [...profiling, '--import', orphanGuard, file], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.read(this.process.stdout!);
    this.read(this.process.stderr!);
    this.process.on('error', () => this.fail());
    this.process.on('message', (message) => this.hear(message as Answer | 'ready'));
    this.ended = new Promise((resolve) => {
      this.process.once('close', () => {
        this.fail();
        resolve();
      });
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** @throws when it has ended, with the last lines that it wrote */
  requireRunning(): void {
    if (this.process.exitCode !== null || this.process.signalCode !== null) throw this.error();
  }

  /**
   * Resolves when the process says that it is ready, in its log or to us.
   * @param file what Node runs
   * @param onLine is told each line that it writes
   */
  static async start(
    file: string,
    environment: NodeJS.ProcessEnv,
    onLine: (line: string) => void = () => undefined,
  ): Promise<Child> {
    const child = new Child(file, environment, onLine);
    const timer = setTimeout(() => void child.stop(), READY_WITHIN_MS);
    await child.ready.promise.finally(() => clearTimeout(timer));
    return child;
  }

  /** Asks one of the bench's own processes to do something. */
  call<Result>(name: string, argument?: unknown): Promise<Result> {
    const answer = Promise.withResolvers<unknown>();
    const call: Call = { id: ++this.last, name, argument };
    this.calls.set(call.id, answer);
    this.process.send(call);
    return answer.promise as Promise<Result>;
  }

  /** Asks it to end, and kills it when it has not ended in 10 s. Can be called again. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), END_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private hear(message: Answer | 'ready'): void {
    if (message === 'ready') return this.ready.resolve();
    const { id, result, error } = message;
    const answer = this.calls.get(id);
    this.calls.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(error));
  }

  private fail(): void {
    const error = this.error();
    this.ready.reject(error);
    for (const call of this.calls.values()) call.reject(error);
  }

  private error(): Error {
    return new Error(`${this.file} has ended:\n${this.lines.join('\n')}`);
  }

  private read(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.includes('"msg":"ready"')) this.ready.resolve();
      this.lines.push(line);
      this.lines.splice(0, this.lines.length - KEPT_LINES);
      this.onLine(line);
    });
  }
}
