import { EventLog } from '@skein/event-log';
import { DEFAULT_ORGANISATION as org, devicesRendered, newUid } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { openHintRedis } from '@skein/redis';
import { waker } from '@skein/stream';
import { now } from '../../clock.js';
import { WAKE_CHANNEL } from '../../engine.js';
import { DOCUMENT_DIGEST as digest, DOCUMENT_SIZE as size } from './fleet.js';

/** Says what the render service says. */
export class Renderings {
  private version = 1;

  private constructor(
    private readonly log: EventLog,
    private readonly disconnect: () => void,
  ) {}

  static async open(databaseUrl: string, redisUrl: string): Promise<Renderings> {
    const postgres = await Postgres.open({ url: databaseUrl, applicationName: 'bench' });
    const redis = openHintRedis({ url: redisUrl, name: 'bench-hints' });
    await redis.connect();
    const log = await EventLog.open(postgres, 'render', waker(redis, WAKE_CHANNEL));
    return new Renderings(log, () => redis.disconnect());
  }

  /** These devices have a new document, of a version that was not before. When its commit was acknowledged. */
  async render(uids: readonly string[]): Promise<{ version: number; at: number }> {
    const renderedVersion = (this.version += 1);
    const members = uids.map((device) => ({ device, renderedVersion, digest, size }));
    const data = { templateVersion: null, members };
    const event = { definition: devicesRendered, org, subject: newUid(), data };
    await this.log.commit(async () => ({ events: [event], result: () => undefined }));
    return { version: renderedVersion, at: now() };
  }

  async close(): Promise<void> {
    this.disconnect();
    await this.log.postgres.close();
  }
}
