import { abortable } from '../deadline.js';
import { checkPath } from '../paths.js';
import type { SourceLimits } from '../settings.js';
import { SourceError } from '../source-error.js';
import type { Fetched, FetchedFile, SecretRequest } from '../source.js';
import { checkPlace } from './allowed-namespaces.js';
import { kubernetesFailure } from './kubernetes-failure.js';
import { openSession } from './kubernetes-session.js';
import type { KubernetesSettings } from './kubernetes-settings.js';

const OFF =
  'this installation has no Kubernetes cluster: set SKEIN_KUBERNETES_MODE, and what that mode needs';

/** Kubernetes secrets: a file per key. */
export class SecretSource {
  constructor(
    private readonly settings: KubernetesSettings | undefined,
    private readonly limits: SourceLimits,
  ) {}

  async fetch(request: SecretRequest, signal: AbortSignal): Promise<Fetched> {
    if (!this.settings) throw new SourceError('refused', OFF);
    const { connection, allowedNamespaces } = this.settings;
    checkPlace(request, allowedNamespaces);
    const { namespace, name } = request;
    await using session = await openSession(connection);
    try {
      const secret = await abortable(session.api.readNamespacedSecret({ namespace, name }), signal);
      const revision = revisionOf(secret.metadata);
      return { revision, files: filesOf(secret.data ?? {}, this.limits) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = kubernetesFailure(error, { namespace, verbs: '"get"' });
      if (failure instanceof SourceError) throw failure;
      throw new SourceError('unreachable', 'the Kubernetes API answered 410');
    }
  }
}

/** Changes with every change of the secret, and says nothing of what is in it. */
export function revisionOf(metadata: { uid?: string; resourceVersion?: string } = {}): string {
  const { uid, resourceVersion } = metadata;
  if (uid && resourceVersion) return `${uid}/${resourceVersion}`;
  throw new SourceError('invalid', 'the Kubernetes API answered something that is no secret');
}

function filesOf(data: Record<string, string>, limits: SourceLimits): FetchedFile[] {
  const files = Object.entries(data).map(([key, value]) => ({
    path: checkKey(key),
    mode: 0o644,
    content: Buffer.from(value, 'base64'),
  }));
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  if (files.length > limits.files || bytes > limits.bytes) {
    const size = `${files.length} keys and ${bytes} bytes`;
    const allowed = `${limits.files} and ${limits.bytes} are allowed`;
    throw new SourceError('too-large', `the secret holds ${size}, ${allowed}`);
  }
  return files;
}

function checkKey(key: string): string {
  if (key.includes('/')) throw new SourceError('refused', `the key ${key} is a path`);
  return checkPath(key, 'the key');
}
