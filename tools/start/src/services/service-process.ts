import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeOptions } from '@skein/config';

export interface ServiceProcessOptions {
  readonly name: string;
  /** The file that Node runs. */
  readonly main: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Each line that the service writes. */
  readonly onLine: (line: string) => void;
  /** It ended by itself and starts again after so many milliseconds. */
  readonly onDeath: (how: string, pauseMs: number) => void;
}

const guard = new URL(`./guard${extname(import.meta.url)}`, import.meta.url).href;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** What lived so long was healthy: the next pause is short again. */
const healthyMs = 30_000;
const patienceMs = 10_000;
const keptLines = 20;

/** A service as a process of its own, started again whenever it dies. */
export class ServiceProcess {
  /** How often it died in a row. */
  deaths = 0;
  /** It said that it is ready, so that who answers on its port is itself and nobody else. */
  saidReady = false;
  private child: ChildProcess | undefined;
  private readonly log: WriteStream;
  private readonly lines: string[] = [];
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: ServiceProcessOptions) {
    this.log = createWriteStream(options.logFile);
    // A full disk takes the log away, not the service.
    this.log.on('error', () => undefined);
  }

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    const { exitCode, signalCode, pid } = this.child ?? {};
    return exitCode === null && signalCode === null ? pid : undefined;
  }

  /** The last lines that it wrote. */
  get lastLines(): string {
    return this.lines.join('\n');
  }

  start(): void {
    this.running ??= this.keepRunning();
  }

  /** Asks it to end, and kills it when it has not ended in 10 s. */
  async stop(): Promise<void> {
    this.ending.abort();
    const { child } = this;
    child?.kill('SIGTERM');
    const timer = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
    await this.running;
    clearTimeout(timer);
    await new Promise<void>((resolve) => this.log.end(resolve));
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const started = performance.now();
      const how = await this.runOnce();
      if (signal.aborted) return;
      this.deaths = performance.now() - started > healthyMs ? 1 : this.deaths + 1;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.deaths - 1));
      this.options.onDeath(how, pauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves with how it ended. */
  private runOnce(): Promise<string> {
    const { main, environment } = this.options;
    // Detached: Ctrl-C in a terminal must reach only us, who stop the services in order.
    const child = spawn(process.execPath, [...nodeOptions, '--import', guard, main], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.child = child;
    this.saidReady = false;
    this.read(child.stdout);
    this.read(child.stderr);
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  private read(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.saidReady ||= line.includes('"msg":"ready"');
      this.log.write(`${line}\n`);
      this.lines.push(line);
      this.lines.splice(0, this.lines.length - keptLines);
      this.options.onLine(line);
    });
  }
}
