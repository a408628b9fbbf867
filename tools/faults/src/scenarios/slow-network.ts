import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Scenario, Scene } from '../scenario.js';
import { ProxiedPostgres, ProxiedRedis } from '../stage/proxied.js';
import { calm, type Proxy } from '../stage/proxy.js';

interface Trouble {
  readonly what: string;
  readonly make: (proxy: Proxy, random: Random) => Promise<void>;
}

const delays: Trouble = {
  what: 'every chunk is 10 to 50 ms late',
  make: async (proxy, random) => {
    proxy.weather = { ...calm, delayMs: [10, 50] };
    await sleep(random.between(2_000, 4_000));
  },
};
const throttled: Trouble = {
  what: 'a connection carries 50 kB a second',
  make: async (proxy, random) => {
    proxy.weather = { ...calm, bytesPerSecond: 50_000 };
    await sleep(random.between(2_000, 4_000));
  },
};
const cuts: Trouble = {
  what: 'connections are cut, also in the middle of what they carry',
  make: async (proxy, random) => {
    proxy.weather = { ...calm, delayMs: [0, 10] };
    for (let times = random.between(3, 6); times > 0; times -= 1) {
      await proxy.cut(0.7);
      await sleep(random.between(0, 800));
    }
  },
};
const stalls: Trouble = {
  what: 'connections stay open and carry nothing for some seconds',
  make: async (proxy, random) => {
    proxy.stalled = true;
    await sleep(random.between(2_000, 5_000));
    proxy.stalled = false;
  },
};

const troubles = [delays, throttled, cuts, cuts, stalls] as const;

function proxiesOf({ stage }: Scene): Readonly<Record<string, Proxy>> {
  const { database } = stage;
  if (!(database instanceof ProxiedPostgres)) throw new Error('PostgreSQL is not behind a proxy');
  return { Redis: stage.redisAs(ProxiedRedis).proxy, PostgreSQL: database.proxy };
}

export const slowNetwork: Scenario = {
  name: 'slow-network',
  title:
    'between services and servers data are late, throttled or stalled, and connections are cut',
  quick: false,
  cutsDatabase: true,
  openRedis: (folder, resources) => ProxiedRedis.open(folder, resources),
  openPostgres: (folder, resources) => ProxiedPostgres.open(folder, resources),
  run: async (scene) => {
    const { random, say } = scene;
    const proxies = Object.entries(proxiesOf(scene));
    const all = troubles.flatMap((trouble) =>
      proxies.map(([to, proxy]) => ({ to, proxy, trouble })),
    );
    for (const { to, proxy, trouble } of random.shuffled(all)) {
      say(`to ${to} ${trouble.what}`);
      await trouble.make(proxy, random).finally(() => (proxy.weather = calm));
      await sleep(random.between(0, 1_000));
    }
    for (const [to, { accepted, cuts: all, cutsInTheMiddle }] of proxies) {
      say(
        `to ${to} ${accepted} connections were made and ${all} cut, ${cutsInTheMiddle} in the middle`,
      );
      if (cutsInTheMiddle === 0) throw new Error(`no connection to ${to} was cut in the middle`);
    }
  },
};
