import type { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { SourceError } from '../source-error.js';
import type { KubernetesConnection } from './kubernetes-settings.js';

/** 80 MiB of memory: loaded by whoever needs it, not by every service at its start. */
const client = () => import('@kubernetes/client-node');
type Client = Awaited<ReturnType<typeof client>>;

/** One conversation with the API. Disposing ends its requests and closes its connections, which the client never does. */
export interface KubernetesSession extends AsyncDisposable {
  api: CoreV1Api;
  watch: Watch;
}

/** Ask for the metadata of secrets only: what is in them then never crosses the network. */
export type MetadataOnly = 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** @throws SourceError `unreachable` when the settings lead to no cluster */
export async function openSession(
  connection: KubernetesConnection,
  metadata?: MetadataOnly,
): Promise<KubernetesSession> {
  const library = await client();
  const config = configure(library, connection);
  const dispatchers: Dispatcher[] = [];
  const authenticate = config.applySecurityAuthentication.bind(config);
  const close = async () => {
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  };
  config.applySecurityAuthentication = async (request) => {
    await authenticate(request);
    if (metadata)
      request.setHeaderParam('accept', `application/json;as=${metadata};g=meta.k8s.io;v=v1`);
    const dispatcher = request.getDispatcher();
    if (dispatcher) dispatchers.push(dispatcher);
  };
  return {
    api: config.makeApiClient(library.CoreV1Api),
    watch: new library.Watch(config),
    [Symbol.asyncDispose]: close,
  };
}

function configure({ KubeConfig }: Client, connection: KubernetesConnection): KubeConfig {
  const config = new KubeConfig();
  try {
    load(config, connection);
  } catch {
    throw noCluster(`the settings of mode ${connection.mode} cannot be read`);
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) throw noCluster('the kubeconfig has no such context, or no cluster in it');
  if (!URL.canParse(cluster.server) || !cluster.server.startsWith('https://'))
    throw noCluster('the address of the API is not an https:// URL');
  return config;
}

function load(config: KubeConfig, connection: KubernetesConnection): void {
  if (connection.mode === 'in-cluster') return config.loadFromCluster();
  if (connection.mode === 'kubeconfig') {
    config.loadFromFile(connection.file);
    if (connection.context) config.setCurrentContext(connection.context);
    return;
  }
  const { address, token, ca } = connection;
  const caData = ca && Buffer.from(ca()).toString('base64');
  config.loadFromClusterAndUser(
    { name: 'cluster', server: address, caData, skipTLSVerify: false },
    { name: 'user', token: token() },
  );
}

function noCluster(reason: string): SourceError {
  return new SourceError('unreachable', `no Kubernetes cluster: ${reason}`);
}
