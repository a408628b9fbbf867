import { randomBytes } from 'node:crypto';
import { openBlobs, type BlobStore } from '@skein/blobs';
import { readConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceCreated,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  repositoryCreated,
  templateVersionCreated,
  type Delivered,
  type DeviceCreated,
  type EventDefinition,
  type FrozenContent,
  type JsonObject,
  type RenderedDevice,
} from '@skein/events';
import type { Postgres } from '@skein/postgres';
import type { Fetched, Fetching, SourceRequest } from '@skein/sources';
import { BatchUnit } from '@skein/task';
import { openLogger } from '@skein/telemetry';
import { AskedReferences } from '../src/asked-references.js';
import { CacheCleaner } from '../src/cache-cleaner.js';
import { CachedContents } from '../src/cached-contents.js';
import { CachedSources } from '../src/cached-sources.js';
import { DeviceRenderer } from '../src/device-renderer.js';
import type { Freezing } from '../src/freezing.js';
import { FrozenContents } from '../src/frozen-contents.js';
import { FrozenReferences } from '../src/frozen-references.js';
import { PendingDevices } from '../src/pending-devices.js';
import { PendingRenderer } from '../src/pending-renderer.js';
import { Readiness } from '../src/readiness.js';
import { ReferenceAsker } from '../src/reference-asker.js';
import { ReferenceFetcher } from '../src/reference-fetcher.js';
import { RenderCache } from '../src/render-cache.js';
import { RenderConfig } from '../src/render.config.js';
import { RenderConsumer } from '../src/render.consumer.js';
import { RenderLoops } from '../src/render-loops.js';
import { RenderTask } from '../src/render.task.js';
import { RenderView } from '../src/render.view.js';
import { RenderedStore } from '../src/rendered-store.js';
import { TemplateVersions } from '../src/template-versions.js';

/** What the outside answers in a test. */
export class Outside implements Fetching {
  readonly asked: SourceRequest[] = [];
  content = 'hello';
  error?: Error;
  /** Fails for requests that it says something about. */
  refuses?: (request: SourceRequest) => Error | undefined;
  /** Called before each answer. */
  meanwhile?: () => Promise<unknown>;

  async fetch(request: SourceRequest): Promise<Fetched> {
    this.asked.push(request);
    const text = this.content;
    await this.meanwhile?.();
    const error = this.error ?? this.refuses?.(request);
    if (error) throw error;
    const content = Buffer.from(text);
    return { revision: 'abc', files: [{ path: 'motd', mode: 0o644, content }] };
  }
}

/** What was sealed stays in the database from scene to scene. */
const sealingKey = randomBytes(32).toString('base64');

const tables = [
  'devices',
  'repositories',
  'template_versions',
  'frozen',
  'cached',
  'wants',
  'inbox',
];
const silent = openLogger('test', 'silent');

function caching(postgres: Postgres, config: RenderConfig, freezing: Freezing) {
  const blobs = openBlobs(postgres, config.sealingKeys);
  const cached = new CachedContents();
  const cache = new RenderCache(config, blobs, silent);
  const cleaner = new CacheCleaner(postgres, cached, cache, silent);
  const sources = new CachedSources(postgres, cached, cache, freezing);
  return { cached, cache, cleaner, sources };
}

/** What is around the service. */
interface Around {
  readonly source: Fetching;
  /** URL of the cache's. */
  readonly redis: string;
}

/** The service without its streams, on empty tables. */
export async function assemble(postgres: Postgres, url: string, { source, redis }: Around) {
  for (const table of tables) await postgres.query(`delete from render.${table}`);
  const config = readConfig(RenderConfig, {
    SKEIN_DATABASE_URL: url,
    SKEIN_STREAM_REDIS_URL: redis,
    SKEIN_SEALING_KEY: sealingKey,
  });
  const log = await EventLog.open(postgres, 'render', () => undefined);
  const blobs = openBlobs(postgres, config.sealingKeys);
  const view = new RenderView();
  const devices = new PendingDevices();
  const contents = new FrozenContents(blobs);
  const templates = new TemplateVersions(postgres, contents);
  const store = new RenderedStore(log, view, devices, blobs, contents);
  const freezing = { source, store: blobs.store, opener: blobs.vault };
  const references = new FrozenReferences();
  const readiness = new Readiness(templates, references);
  const asker = new ReferenceAsker(postgres, view, references, devices);
  const renderer = new DeviceRenderer(postgres, devices, readiness, asker, store, config);
  const pending = new PendingRenderer(log, devices, readiness, asker, store);
  const asked = new AskedReferences(postgres, view);
  const { cached, cache, cleaner, sources } = caching(postgres, config, freezing);
  const fetcher = new ReferenceFetcher(postgres, view, asked, sources, freezing, config);
  const loops = new RenderLoops(pending, renderer, fetcher, postgres, config, silent);
  const task = new RenderTask(view, devices, loops);
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'render'), task, settings);
  return {
    blobs: blobs.store,
    devices,
    pending,
    asked,
    fetcher,
    asker,
    readiness,
    loops,
    unit,
    cache,
    cleaner,
    consumer: new RenderConsumer(view, cached),
  };
}

export const inline = (content: string): JsonObject => ({
  config: [{ name: 'file', inline: [{ path: '/etc/file', content }] }],
});
export const git = (repository: string): JsonObject => ({
  config: [{ name: 'motd', gitRef: { repository, targetRevision: 'main', path: 'etc' } }],
});
/** What of it is fetched depends on the device. */
export const gitAt = (path: string, targetRevision = 'main'): JsonObject => ({
  config: [{ name: 'motd', gitRef: { repository: 'config', targetRevision, path } }],
});

interface Place {
  readonly sequence?: number;
}
type Maker = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
  place?: Place,
) => Delivered<Data>;

/** The events that the tests need most. */
export function eventsBy(make: Maker, org: string) {
  return {
    deviceIs: (
      uid: string,
      { labels = {}, spec = null }: Partial<Pick<DeviceCreated, 'labels' | 'spec'>> = {},
    ) => make(deviceCreated, uid, { name: 'device', labels, spec, generation: 1 }),
    matched: (owner: string | null, ...devices: string[]) =>
      make(devicesMatched, org, {
        members: devices.map((device) => ({ device, owner, labelsVersion: 1, multipleOwners: [] })),
      }),
    selected: (fleet: string, templateVersion: string, ...devices: string[]) =>
      make(devicesSelected, fleet, {
        fleet,
        templateVersion,
        batch: null,
        members: devices.map((device) => ({ device })),
      }),
    versionIs: (
      uid: string,
      fleet: string,
      spec: JsonObject,
      frozen: Record<string, FrozenContent> = {},
    ) => make(templateVersionCreated, uid, { name: 'v1', fleet, generation: 1, spec, frozen }),
    repositoryIs: (
      uid: string,
      name: string,
      { type = 'git', url = `https://example.com/${name}` } = {},
    ) =>
      make(repositoryCreated, uid, {
        name,
        spec: { type, url },
        credentials: null,
      }),
  };
}

interface Document {
  readonly config: readonly { readonly inline: readonly { path: string; content: string }[] }[];
}

/** The files of the document that the events say that the device has. */
export async function filesOf(
  blobs: BlobStore,
  events: readonly Said[],
  device: string,
): Promise<Record<string, string>> {
  const member = membersOf(events).find((each) => each.device === device);
  if (!member) throw new Error(`device ${device} was not rendered`);
  const content = (await blobs.get(DEFAULT_ORGANISATION, member.digest))!;
  const { config } = JSON.parse(content.toString()) as Document;
  const files = config.flatMap(({ inline: written }) => written);
  return Object.fromEntries(files.map(({ path, content: text }) => [path, text]));
}

interface Said {
  readonly type: string;
  readonly data: JsonObject;
}

/** The devices that were said to be rendered. */
export function membersOf(events: readonly Said[]): RenderedDevice[] {
  return events
    .filter(({ type }) => type === devicesRendered.type)
    .flatMap(({ data }) => data['members'] as RenderedDevice[]);
}

/** The devices that were said to have failed. */
export function failuresOf(events: readonly Said[]): { device: string; message: string }[] {
  return events
    .filter(({ type }) => type === devicesFailed.type)
    .flatMap(({ data }) => data['members'] as { device: string; message: string }[]);
}
