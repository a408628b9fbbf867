import {
  startRedisSentinels,
  waitFor,
  type RedisProcess,
  type RedisSentinels,
  type SentinelShape,
} from '@skein/testing';
import type { StageRedis } from './needs.js';

const failoverWithinMs = 60_000;

/** Of a replica: what it follows, and whether it has it. Undefined for a primary. */
interface Following {
  readonly port: number;
  readonly connected: boolean;
}

async function following(server: RedisProcess): Promise<Following | undefined> {
  const role = (await server.ask('ROLE')) as [role: string, ...unknown[]];
  if (role[0] === 'master') return undefined;
  return { port: Number(role[2]), connected: role[3] === 'connected' };
}

/** A primary and its replica behind Sentinels, asked past them and past any network. */
export class WatchedRedis implements StageRedis {
  constructor(private readonly started: RedisSentinels) {}

  static async open(resources: AsyncDisposableStack, shape: SentinelShape): Promise<WatchedRedis> {
    const started = await startRedisSentinels(shape);
    resources.defer(() => started.stop());
    return new WatchedRedis(started);
  }

  get url(): string {
    return this.started.url;
  }

  /** At the start the first is the primary. */
  get servers(): readonly [RedisProcess, RedisProcess] {
    return [this.started.primary, this.started.replica];
  }

  /** Until it is the primary, and most Sentinels say so. */
  async untilPrimary(server: RedisProcess): Promise<void> {
    const leads = async () => (await this.started.leadTo(server)) && !(await following(server));
    await waitFor(leads, {
      timeoutMs: failoverWithinMs,
      message: 'the replica to become the primary',
    });
  }

  /** Until it follows the primary, and has all that this one has. */
  async untilFollowing(server: RedisProcess, primary: RedisProcess): Promise<void> {
    const follows = async () => {
      const { port, connected } = (await following(server)) ?? {};
      return port === primary.port && connected;
    };
    await waitFor(follows, {
      timeoutMs: failoverWithinMs,
      message: 'the former primary to follow the new one',
    });
  }
}
