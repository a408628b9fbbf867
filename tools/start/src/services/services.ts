import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@skein/testing';
import { readLogLine } from '../terminal/log-line.js';
import type { Progress, Report } from '../terminal/report.js';
import { root } from '../workspace.js';
import { ServiceProcess } from './service-process.js';
import { services } from './service-list.js';
import type { ServiceDescription } from './service-list.js';

export interface ServicesOptions {
  readonly logFolder: string;
  readonly verbose: boolean;
  /** What a service gets on top of our own environment. */
  readonly environmentOf: (service: ServiceDescription) => NodeJS.ProcessEnv;
}

interface Running {
  readonly room: string;
  /** Where its health and metrics are. */
  readonly url: string;
  readonly process: ServiceProcess;
}

const lookMs = 50;
const answerMs = 2_000;
/** That long is worth a word. */
const usualLongMs = 30_000;
/** A service that dies so often before it was ever ready will not get ready. */
const tries = 3;

/** The seven services as processes of their own. */
export class Services implements AsyncDisposable {
  private all: Running[] = [];
  private stopping = false;

  constructor(
    private readonly options: ServicesOptions,
    private readonly report: Report,
  ) {}

  /** Their names and where their health and metrics are. */
  get urls(): { room: string; url: string }[] {
    return this.all.map(({ room, url }) => ({ room, url }));
  }

  async start(): Promise<void> {
    await mkdir(this.options.logFolder, { recursive: true });
    this.all = await Promise.all(services.map((service) => this.prepare(service)));
    for (const { process } of this.all) process.start();
  }

  /**
   * Resolves when all are ready; says why some are not after a long time.
   * @throws when one dies again and again
   */
  async ready(progress: Progress, signal: AbortSignal, longMs = usualLongMs): Promise<void> {
    let explainAt = performance.now() + longMs;
    let waiting = this.all;
    while (waiting.length > 0) {
      progress.now(`waiting for ${waiting.map(({ room }) => room).join(', ')}`);
      signal.throwIfAborted();
      for (const { process } of waiting) failIfHopeless(process);
      await sleep(lookMs);
      const obstacles = await Promise.all(waiting.map((service) => obstacleOf(service)));
      if (performance.now() > explainAt) {
        explainAt = Infinity;
        const after = `after ${longMs / 1_000} s`;
        waiting.forEach((service, index) => this.explain(service, after, obstacles[index]));
      }
      waiting = waiting.filter((_service, index) => obstacles[index]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping = true;
    await Promise.all(this.all.map(({ process }) => process.stop()));
  }

  private async prepare(service: ServiceDescription): Promise<Running> {
    const { room, folder } = service;
    const main = join(root, 'apps', folder, 'dist/main.js');
    if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\``);
    const port = await freePort();
    const process = new ServiceProcess({
      name: room,
      main,
      environment: { ...this.options.environmentOf(service), SKEIN_HEALTH_PORT: String(port) },
      logFile: join(this.options.logFolder, `${room}.log`),
      onLine: (line) => this.show(room, line),
      onDeath: (how, pauseMs) =>
        this.report.warn(`${room} has died (${how}); it is started again in ${pauseMs} ms`),
    });
    return { room, url: `http://127.0.0.1:${port}`, process };
  }

  private explain({ room, process }: Running, after: string, obstacle: string | undefined): void {
    if (!obstacle) return;
    this.report.warn(`${room} is not ready ${after}: ${obstacle}. The end of its log:`);
    this.report.line(process.lastLines || '(nothing yet)');
  }

  private show(room: string, line: string): void {
    const { text, loud } = readLogLine(room, line);
    if (this.options.verbose || (loud && !this.stopping)) this.report.line(text);
  }
}

function failIfHopeless({ name, deaths, lastLines }: ServiceProcess): void {
  if (deaths < tries) return;
  throw new Error(`${name} does not start. The end of its log:\n${lastLines}`);
}

/** Why it is not ready; undefined when it is. */
async function obstacleOf({ process, url }: Running): Promise<string | undefined> {
  if (!process.saidReady) return 'it has not said that it is';
  try {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(`${url}/health/ready`, { signal });
    return answer.ok ? undefined : `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}
