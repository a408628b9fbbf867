import type { Watch } from '@kubernetes/client-node';
import { abortable } from '../deadline.js';
import { statusFailure } from './kubernetes-failure.js';

export interface SecretMetadata {
  name?: string;
  uid?: string;
  resourceVersion?: string;
}

export interface Follow {
  namespace: string;
  query: { resourceVersion: string; fieldSelector?: string };
  signal: AbortSignal;
  /** Whether it exists is undefined for a mere sign of how far the watch is. */
  changed(metadata: SecretMetadata, exists: boolean | undefined): void;
}

interface WatchEvent {
  metadata?: SecretMetadata;
  code?: number;
}

const EXISTS = new Map([
  ['ADDED', true],
  ['MODIFIED', true],
  ['DELETED', false],
  ['BOOKMARK', undefined],
]);

/** Shorter than the silence after which the client takes a server for dead (30 s), so that one is told from the other. */
const SERVER_ENDS_AFTER_SECONDS = 25;

/** Until the server ends the watch; rejects when it could not begin or go on. */
export async function followSecrets(watch: Watch, follow: Follow): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { namespace, query, signal, changed } = follow;
  const tell = (type: string, { metadata, code }: WatchEvent) => {
    if (type === 'ERROR') throw statusFailure(code ?? 500, { namespace, verbs: '"watch"' });
    if (EXISTS.has(type)) changed(metadata ?? {}, EXISTS.get(type));
  };
  const event = (type: string, watched: WatchEvent) => {
    try {
      tell(type, watched);
    } catch (error) {
      // The client would swallow it.
      reject(error);
    }
  };
  const started = watch.watch(
    `/api/v1/namespaces/${namespace}/secrets`,
    { ...query, allowWatchBookmarks: true, timeoutSeconds: SERVER_ENDS_AFTER_SECONDS },
    event,
    (error: unknown) => (error ? reject(error) : resolve()),
  );
  await abortable(Promise.all([started, promise]), signal);
}
