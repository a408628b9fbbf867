import type { SecretWatch, SecretWatchOptions } from '../source.js';
import type { SourceError } from '../source-error.js';
import { checkPlace } from './allowed-namespaces.js';
import type { SecretPlace } from './allowed-namespaces.js';
import type { KubernetesSettings } from './kubernetes-settings.js';
import { NamespaceWatch } from './namespace-watch.js';

/** One connection per namespace; in memory a version for each of the secrets asked for, whatever else is there. */
export class KubernetesSecretWatch implements SecretWatch {
  constructor(private readonly settings: KubernetesSettings) {}

  async watch(options: SecretWatchOptions): Promise<void> {
    const allowed = options.secrets.filter((secret) => this.#mayWatch(secret, options));
    const byNamespace = Map.groupBy(allowed, ({ namespace }) => namespace);
    await Promise.all(
      [...byNamespace].map(([namespace, secrets]) => {
        const names = [...new Set(secrets.map(({ name }) => name))];
        const { connection } = this.settings;
        return new NamespaceWatch({ connection, namespace, names }, options).run();
      }),
    );
  }

  #mayWatch(secret: SecretPlace, { troubled }: SecretWatchOptions): boolean {
    try {
      checkPlace(secret, this.settings.allowedNamespaces);
      return true;
    } catch (error) {
      troubled(secret.namespace, error as SourceError);
      return false;
    }
  }
}
