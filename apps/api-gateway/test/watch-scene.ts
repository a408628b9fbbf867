import { ListScene } from './list-scene.js';
import { WatchClient } from './watch-client.js';

/** A gateway whose lists are watched. */
export class WatchScene extends ListScene {
  private clients: WatchClient[] = [];

  /** Watches a list, from a position or with all that is there. */
  readonly watch = async (
    path: string,
    query: Readonly<Record<string, string>> = {},
    headers: Record<string, string> = {},
  ): Promise<WatchClient> => {
    const text = new URLSearchParams({ watch: 'true', ...query }).toString();
    const client = new WatchClient();
    this.clients.push(client);
    return client.open(`${await this.app.getUrl()}/api/v1/${path}?${text}`, headers);
  };

  /** Where a list stands. */
  readonly position = async (path: string, query = {}): Promise<string> =>
    (await this.listOf(path, query)).metadata.resourceVersion;

  /** Cuts all clients. */
  readonly hangUp = async (): Promise<void> => {
    const clients = this.clients;
    this.clients = [];
    await Promise.all(clients.map((client) => client.close()));
  };
}
