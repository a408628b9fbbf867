import { setTimeout as sleep } from 'node:timers/promises';
import { abortable } from '../deadline.js';
import { SourceError } from '../source-error.js';
import type { SecretWatchOptions } from '../source.js';
import { kubernetesFailure } from './kubernetes-failure.js';
import { openSession } from './kubernetes-session.js';
import type { KubernetesConnection } from './kubernetes-settings.js';
import { revisionOf } from './secret-source.js';
import { followSecrets } from './follow-secrets.js';
import type { SecretMetadata } from './follow-secrets.js';

interface Watched {
  connection: KubernetesConnection;
  namespace: string;
  names: readonly string[];
}

type Listener = Pick<SecretWatchOptions, 'signal' | 'seen' | 'troubled'>;

const PAGE = 500;
/** Between two watches, also after a good one: a server that ends each at once is not to be flooded. */
const PAUSE_MS = 100;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** Lists the secrets of a namespace, follows their changes, and lists again whenever it cannot go on from there. */
export class NamespaceWatch {
  /** What was told last, of the watched names only. */
  readonly #told = new Map<string, string | undefined>();
  /** Where a watch goes on; undefined: list first. */
  #version: string | undefined;
  #failures = 0;

  constructor(
    private readonly watched: Watched,
    private readonly listener: Listener,
  ) {}

  async run(): Promise<void> {
    const { signal } = this.listener;
    while (!signal.aborted) {
      await this.#round().catch((error: unknown) => this.#recover(error));
      await this.#pause(PAUSE_MS);
    }
  }

  async #round(): Promise<void> {
    this.#version ??= await this.#list();
    const { connection, namespace } = this.watched;
    const { signal } = this.listener;
    await using session = await openSession(connection, 'PartialObjectMetadata');
    await followSecrets(session.watch, {
      namespace,
      query: { resourceVersion: this.#version, fieldSelector: this.#selector },
      signal,
      changed: (metadata, exists) => this.#follow(metadata, exists),
    });
    this.#failures = 0;
  }

  /** @returns the version that a watch goes on from */
  async #list(): Promise<string> {
    const { connection, namespace, names } = this.watched;
    const { signal } = this.listener;
    await using session = await openSession(connection, 'PartialObjectMetadataList');
    const absent = new Set(names);
    const query = { namespace, limit: PAGE, fieldSelector: this.#selector };
    let next: string | undefined;
    let version: string | undefined;
    do {
      const asked = session.api.listNamespacedSecret({ ...query, _continue: next });
      const { items, metadata = {} } = await abortable(asked, signal);
      for (const { name } of this.#tellAll(items)) absent.delete(name ?? '');
      ({ _continue: next, resourceVersion: version } = metadata);
    } while (next);
    for (const name of absent) this.#tell({ name }, false);
    return version ?? '';
  }

  #tellAll(items: readonly { metadata?: SecretMetadata }[]): SecretMetadata[] {
    const found = items.map(({ metadata = {} }) => metadata);
    for (const metadata of found) this.#tell(metadata, true);
    return found;
  }

  /** For one name, so that an account that may read just that secret is enough. */
  get #selector(): string | undefined {
    const [only, ...others] = this.watched.names;
    return others.length === 0 ? `metadata.name=${only}` : undefined;
  }

  #follow(metadata: SecretMetadata, exists: boolean | undefined): void {
    this.#version = metadata.resourceVersion ?? this.#version;
    if (exists !== undefined) this.#tell(metadata, exists);
  }

  #tell(metadata: SecretMetadata, exists: boolean): void {
    const { name = '' } = metadata;
    const { namespace, names } = this.watched;
    if (!names.includes(name)) return;
    const revision = exists ? revisionOf(metadata) : undefined;
    if (this.#told.has(name) && this.#told.get(name) === revision) return;
    this.#told.set(name, revision);
    this.listener.seen({ namespace, name, ...(revision && { revision }) });
  }

  async #recover(error: unknown): Promise<void> {
    const { signal, troubled } = this.listener;
    if (signal.aborted) return;
    const { namespace } = this.watched;
    const failure = kubernetesFailure(error, { namespace, verbs: '"list" and "watch"' });
    this.#version = undefined;
    this.#failures += 1;
    if (failure instanceof SourceError) troubled(namespace, failure);
    // A version that has gone is everyday; only a server that forgets again and again is waited for.
    else if (this.#failures === 1) return;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.#failures - 1), LONGEST_WAIT_MS);
    await this.#pause(wait * (0.9 + Math.random() * 0.2));
  }

  async #pause(time: number): Promise<void> {
    const { signal } = this.listener;
    await sleep(time, undefined, { signal }).catch(() => undefined);
  }
}
