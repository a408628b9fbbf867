import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Demo } from './demo/demo.js';
import type { Summary } from './demo/demo.js';
import type { Options } from './options.js';
import { API_TOKEN_FILE } from './servers/kept-secret.js';
import { startPlatform } from './platform.js';
import type { Platform } from './platform.js';
import { deviceTable, renderedConfiguration } from './terminal/show.js';
import type { Report } from './terminal/report.js';
import { homeFolder } from './workspace.js';

export interface Outcome {
  /** Whether everything was up to date in time, or nothing had to be. */
  readonly done: boolean;
  readonly summary: Summary;
}

/** One run of `npm start`: what it starts has ended when this resolves. The signal asks it to end. */
export class Session {
  private readonly home: string;
  private readonly deadline: AbortSignal;
  private readonly inTime: AbortSignal;
  private demo: Demo | undefined;

  constructor(
    private readonly options: Options,
    private readonly report: Report,
    private readonly ending: AbortSignal,
  ) {
    this.home = homeFolder(options);
    this.deadline = AbortSignal.timeout(options.timeoutSeconds * 1_000);
    this.inTime = AbortSignal.any([ending, this.deadline]);
  }

  async run(): Promise<Outcome> {
    const outcome = await this.runWithResources();
    const failed = !outcome.done && !this.ending.aborted;
    const logs = join(this.home, 'logs');
    if (failed && existsSync(logs)) this.report.line(`The logs are in ${logs}`);
    else if (this.options.once) {
      await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
    }
    return outcome;
  }

  private async runWithResources(): Promise<Outcome> {
    await using resources = new AsyncDisposableStack();
    try {
      const platform = await this.start(resources);
      const done = await this.runDemo(platform, resources);
      const summary = await this.conclude();
      if (!this.options.once && !this.ending.aborted) await this.stayUp(platform);
      return { done, summary };
    } catch (error) {
      this.explain(error);
      return { done: false, summary: await this.conclude() };
    } finally {
      if (!this.options.once) this.report.line('Stopping');
    }
  }

  private start(resources: AsyncDisposableStack): Promise<Platform> {
    const { options, home, inTime: signal } = this;
    const environment = process.env;
    return startPlatform({ ...options, home, environment, resources, signal }, this.report);
  }

  private async runDemo({ gatewayUrl: baseUrl, token }: Platform, resources: AsyncDisposableStack) {
    const { devices, demo } = this.options;
    if (!demo) return true;
    const folder = join(this.home, 'demo');
    this.demo = resources.use(new Demo({ baseUrl, token, folder, devices }, this.report));
    try {
      await this.demo.run(this.inTime);
      return true;
    } catch (error) {
      this.explain(error);
      return false;
    }
  }

  private explain(error: unknown): void {
    if (this.ending.aborted) return;
    const { timeoutSeconds } = this.options;
    const text = this.deadline.aborted
      ? `This took longer than ${timeoutSeconds} s.`
      : (error as Error).message;
    this.report.warn(text);
  }

  /** Shows how far the demo came, while the services still run. */
  private async conclude(): Promise<Summary> {
    const nothing = { upToDate: 0, templateVersions: 0, events: 0, seconds: 0 };
    if (!this.demo || this.ending.aborted) return { devices: this.options.devices, ...nothing };
    const observed = await this.demo.look();
    const waiting = this.demo.finished ? [] : this.demo.waiting(observed);
    if (waiting.length > 0) this.report.line(['Still waiting:', ...waiting].join('\n  '));
    if (observed) this.report.line(`\n${deviceTable(observed)}`);
    const shown = this.demo.devices.find(({ rendered }) => rendered);
    if (shown?.rendered) {
      const files = renderedConfiguration(shown.rendered);
      this.report.line(
        `\nWhat ${shown.name} fetched, as version ${shown.renderedVersion}:\n\n${files}\n`,
      );
    }
    return this.demo.summary(observed);
  }

  private async stayUp({ gatewayUrl, grpcAddress, token, services }: Platform): Promise<void> {
    const places = services.urls.map(
      ({ room, url }) => `  ${room.padEnd(10)} ${url}/health/ready  ${url}/metrics`,
    );
    const tokenFile = join(this.options.folder, API_TOKEN_FILE);
    const lines = [
      `REST API     ${gatewayUrl}/api/v1`,
      token === undefined
        ? '             SKEIN_AUTHENTICATION is none: everybody on this machine may do everything'
        : `Token        in ${tokenFile}, as in\n  curl -H "Authorization: Bearer $(cat ${tokenFile})" ${gatewayUrl}/api/v1/devices`,
      `OpenAPI      ${gatewayUrl}/docs`,
      `gRPC         ${grpcAddress} (with reflection)`,
      ...places,
      `Logs         ${join(this.home, 'logs')}`,
      'Running until Ctrl-C.',
    ];
    this.report.line(lines.join('\n'));
    if (!this.ending.aborted) await once(this.ending, 'abort');
  }
}
