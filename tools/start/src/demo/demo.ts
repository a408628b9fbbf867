import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedDevice } from '@skein/device-simulator';
import type { Progress, Report } from '../terminal/report.js';
import { examplesFolder } from '../workspace.js';
import { ApiClient } from './api-client.js';
import { FileServer } from './file-server.js';
import { GitRepository } from './git-repository.js';
import { countEventsSince, newestEvent } from './events.js';
import { deviceManifests, readManifest } from './manifests.js';
import type { Manifest } from './manifests.js';
import { observe } from './observe.js';
import type { Observation } from './observe.js';
import { whatIsWaiting } from './waiting.js';

export interface DemoOptions {
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** Where the git repository stands. */
  readonly folder: string;
  readonly devices: number;
}

/** What the last line of `npm start -- --once` says. */
export interface Summary {
  readonly devices: number;
  readonly upToDate: number;
  readonly templateVersions: number;
  /** How many events this brought about. */
  readonly events: number;
  readonly seconds: number;
}

const fleet = 'demo';
const repositories = ['demo-configuration', 'demo-files'];
const lookMs = 100;
const answerMs = 5_000;

/** The main job: a commit in a git repository arrives on devices, and then another one. */
export class Demo implements AsyncDisposable {
  readonly devices: SimulatedDevice[] = [];
  private readonly ending = new AbortController();
  private readonly running: Promise<void>[] = [];
  private files: FileServer | undefined;
  private git: GitRepository | undefined;
  /** The last event of what was before. */
  private eventBefore: string | undefined;
  private wantedVersions = 1;
  private started = 0;
  private seconds = 0;
  /** All devices reported the second version. */
  finished = false;

  constructor(
    private readonly options: DemoOptions,
    private readonly report: Report,
  ) {}

  /** Resolves when all devices report the second version. */
  async run(signal: AbortSignal): Promise<void> {
    const client = new ApiClient(this.options, signal);
    const step = this.report.step.bind(this.report);
    const names = await deviceManifests(this.options.devices);
    this.add(names);
    this.files = await FileServer.start(join(examplesFolder, 'http'));
    await step('Removing what an earlier demo left', () => this.clear(client));
    this.eventBefore = await newestEvent(client);
    this.started = performance.now();
    const first = await step('First commit in a new git repository', (progress) =>
      this.firstCommit(progress),
    );
    await step('Applying two repositories and a fleet', () => this.apply(client, first));
    await step('Registering the devices', (progress) => this.register(client, names, progress));
    await step('Following the first rollout', (progress) => this.follow(client, progress, signal));
    const second = await step('Second commit, and the template changed to it', (progress) =>
      this.secondCommit(client, progress),
    );
    this.wantedVersions = 2;
    await step(`Following the rollout of ${second.slice(0, 8)}`, (progress) =>
      this.follow(client, progress, signal),
    );
    this.seconds = this.elapsed();
    this.finished = true;
  }

  /** The fleet and its devices; undefined when the gateway does not answer. */
  async look(): Promise<Observation | undefined> {
    const client = new ApiClient(this.options, AbortSignal.timeout(answerMs));
    return observe(client, fleet, this.names()).catch(() => undefined);
  }

  async summary(observed: Observation | undefined): Promise<Summary> {
    const client = new ApiClient(this.options, AbortSignal.timeout(answerMs));
    const events = await countEventsSince(client, this.eventBefore).catch(() => 0);
    return {
      devices: this.options.devices,
      upToDate: observed?.devices.filter(({ upToDate }) => upToDate).length ?? 0,
      templateVersions: observed?.templateVersions.length ?? 0,
      events,
      seconds: Math.round((this.seconds || this.elapsed()) * 10) / 10,
    };
  }

  waiting(observed: Observation | undefined): string[] {
    return whatIsWaiting(this.wantedVersions, observed, this.devices);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ending.abort();
    await Promise.all(this.running);
    await this.files?.[Symbol.asyncDispose]();
  }

  private elapsed(): number {
    return this.started === 0 ? 0 : (performance.now() - this.started) / 1_000;
  }

  private names(): Set<string> {
    return new Set(this.devices.map(({ name }) => name));
  }

  private add(manifests: readonly Manifest[]): void {
    const { baseUrl, token } = this.options;
    const make = ({ metadata: { name } }: Manifest) =>
      new SimulatedDevice({ name, baseUrl, token });
    this.devices.push(...manifests.map(make));
  }

  /** Also devices that an earlier demo had more of than this one has. */
  private async clear(client: ApiClient): Promise<void> {
    const all = await client.list<Manifest>('devices');
    const old = all.filter(({ metadata }) => /^demo-device-\d+$/.test(metadata.name));
    for (const { metadata } of old) await client.delete(`devices/${metadata.name}`);
    await client.delete(`fleets/${fleet}`);
    for (const name of repositories) await client.delete(`repositories/${name}`);
  }

  private async firstCommit(progress: Progress): Promise<string> {
    this.git = await GitRepository.create(this.options.folder);
    const files = join(examplesFolder, 'configuration');
    const commit = await this.git.commit(files, 'Collect every minute');
    progress.detail(`${commit.slice(0, 8)} in ${this.git.url}`);
    return commit;
  }

  private async secondCommit(client: ApiClient, progress: Progress): Promise<string> {
    const files = join(examplesFolder, 'configuration-update');
    const commit = await this.git!.commit(files, 'Collect every ten seconds, humidity too');
    await client.put(`fleets/${fleet}`, await readManifest('fleet.yaml', { DEMO_COMMIT: commit }));
    progress.detail(commit.slice(0, 8));
    return commit;
  }

  private async apply(client: ApiClient, commit: string): Promise<void> {
    const values = {
      DEMO_GIT_URL: this.git!.url,
      DEMO_HTTP_URL: this.files!.url,
      DEMO_COMMIT: commit,
    };
    for (const file of ['repository-git.yaml', 'repository-http.yaml', 'fleet.yaml']) {
      const manifest = await readManifest(file, values);
      const place = manifest.kind === 'Fleet' ? 'fleets' : 'repositories';
      await client.put(`${place}/${manifest.metadata.name}`, manifest);
    }
  }

  private async register(client: ApiClient, manifests: readonly Manifest[], progress: Progress) {
    for (const [index, manifest] of manifests.entries()) {
      await client.put(`devices/${manifest.metadata.name}`, manifest);
      this.running.push(this.devices[index]!.run(this.ending.signal));
      progress.now(`${index + 1} of ${manifests.length}`);
    }
    progress.detail(`${manifests.length}, each polls for its configuration`);
  }

  private async follow(client: ApiClient, progress: Progress, signal: AbortSignal): Promise<void> {
    const total = this.options.devices;
    for (;;) {
      const { templateVersions, devices } = await observe(client, fleet, this.names());
      const minted = templateVersions.length >= this.wantedVersions;
      const ready = minted ? devices.filter(({ upToDate }) => upToDate).length : 0;
      progress.now(minted ? `${ready} of ${total} up to date` : 'waiting for the template version');
      progress.detail(`${ready} of ${total} up to date`);
      if (ready === total) return;
      await sleep(lookMs, undefined, { signal });
    }
  }
}
