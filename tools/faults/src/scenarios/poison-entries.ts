import { setTimeout as sleep } from 'node:timers/promises';
import { appendEntries, waitFor, type TestEntry } from '@skein/testing';
import { SystemApi } from '../load/system-api.js';
import type { Random } from '../random.js';
import type { Scenario, Scene } from '../scenario.js';
import { GroupStream, type StreamEntry } from '../stage/group-stream.js';

const hearers = ['selector', 'rollout', 'render'] as const;
const patience = { timeoutMs: 20_000 };
/** Above the last number of the log. */
const beyondBy = 1_000;

type End = 'given up' | 'parked' | 'asked for again';

interface Poison {
  readonly what: string;
  readonly end: End;
  readonly make: (event: Record<string, unknown>) => Pick<TestEntry, 'text' | 'fields'>;
}

const typed = (type: string) => (event: object) => ({ text: JSON.stringify({ ...event, type }) });

/** What the entry of an event has instead of it. */
const poisons: readonly Poison[] = [
  {
    what: 'broken JSON',
    end: 'given up',
    make: (event) => ({ text: JSON.stringify(event).slice(0, -10) }),
  },
  { what: 'no object', end: 'given up', make: () => ({ text: '"poison"' }) },
  {
    what: 'no data',
    end: 'given up',
    make: (event) => ({ text: JSON.stringify({ ...event, data: {} }) }),
  },
  { what: 'an unknown type', end: 'parked', make: typed('skein.device.imagined.v1') },
  { what: 'an unknown version', end: 'parked', make: typed('skein.device.created.v99') },
  // Nobody knows what this is about: only the log does, which misses the event at the checkpoint.
  {
    what: 'other fields',
    end: 'asked for again',
    make: () => ({ text: '', fields: { poison: 'x' } }),
  },
];

/** Replaces some entries that were not delivered yet; answers their numbers, by how they will end. */
async function replaceSome(stream: GroupStream, random: Random): Promise<Map<End, number[]>> {
  const entries = await stream.entries();
  const unread = await stream.unread();
  // The replayer compares the last entry with the log, and would rebuild the stream at once.
  const chosen = random.shuffled(unread.slice(0, -1)).slice(0, poisons.length);
  if (chosen.length < poisons.length) return new Map();
  const poisonOf = new Map(chosen.map(({ sequence }, at) => [sequence, poisons[at]!]));
  const replaced = entries.map((entry: StreamEntry): TestEntry => {
    const poison = poisonOf.get(entry.sequence);
    const event = JSON.parse(entry.text) as Record<string, unknown>;
    return poison ? { ...entry, ...poison.make(event) } : entry;
  });
  await stream.redis.del(stream.key);
  await appendEntries(stream.redis, stream, replaced);
  const ends = Map.groupBy(poisonOf, ([, { end }]) => end);
  return new Map([...ends].map(([end, found]) => [end, found.map(([number]) => number)]));
}

/** While neither the service nor the replayer looks. */
async function poison({ stage, random }: Scene, stream: GroupStream) {
  const [service, replayer] = [stage.service(stream.group), stage.service('replayer')];
  return waitFor(
    async () => {
      service.freeze();
      await sleep(random.between(300, 700));
      replayer.freeze();
      try {
        const ends = await replaceSome(stream, random);
        return ends.size > 0 ? ends : undefined;
      } finally {
        service.thaw();
        replayer.thaw();
        await sleep(random.between(10, 50));
      }
    },
    { ...patience, message: `entries that ${stream.group} has not read` },
  );
}

/** All that was poisoned is put away with a reason, and nothing else; answers how long that took, in words. */
async function untilPutAway(scene: Scene, stream: GroupStream, ends: Map<End, number[]>) {
  const { writers, say } = scene;
  const api = new SystemApi(writers.urls[0]!);
  const { group } = stream;
  const givenUp = new Set(ends.get('given up'));
  const dead = await waitFor(
    async () => {
      const found = await api.list('dead-letters', group);
      return found.length >= givenUp.size ? found : undefined;
    },
    { ...patience, message: `${givenUp.size} dead letters of ${group}` },
  );
  const others = dead.filter(({ number }) => !givenUp.has(number));
  if (others.length > 0) throw new Error(`${group} gave up ${JSON.stringify(others[0])}`);
  for (const { number, reason } of dead) say(`${group} gave up ${number}: ${reason}`);
  // The log has them as they were.
  for (const letter of dead) await api.retry('dead-letters', letter);
}

/** Parked ones are woken by themselves within 10 s: what the log has, this build knows. */
async function untilTheyWaited({ stage, say }: Scene, stream: GroupStream, numbers: number[]) {
  const { group } = stream;
  const rows = await waitFor(
    async () => {
      const found = await stage.postgres.query<{ number: number; reason: string }>(
        `select number, reason from faults.parked where service = $1 and number = any($2::bigint[])`,
        [group, numbers],
      );
      return found.length === numbers.length ? found : undefined;
    },
    { ...patience, message: `${group} to park ${numbers.join(' and ')}` },
  );
  for (const { number, reason } of rows) say(`${group} parked ${number}: ${reason}`);
}

/** Entries with numbers that the log does not have, as a replayer would leave them which lost its log. */
async function putBeyondTheLog({ stage, say }: Scene, stream: GroupStream): Promise<void> {
  const replayer = stage.service('replayer');
  replayer.freeze();
  const [tip] = await stage.postgres.query<{ last: number }>(
    'select max(sequence) as last from log.sequence',
  );
  const from = tip!.last + beyondBy;
  const [copied] = await stream.entries();
  const entries = [
    { sequence: from, text: 'poison' },
    ...(copied ? [{ ...copied, sequence: from + 1 }] : []),
  ];
  await appendEntries(stream.redis, stream, entries);
  await waitFor(() => stream.hasRead(entries.map(({ sequence }) => `${sequence}-0`)), {
    ...patience,
    message: `${stream.group} to take entries beyond the log for done`,
  });
  replayer.thaw();
  await waitFor(async () => (await stream.lastNumber()) < from, {
    ...patience,
    message: 'the stream to be rebuilt',
  });
  say(`${stream.group}: ${entries.length} entries beyond the log had no effect`);
}

export const poisonEntries: Scenario = {
  name: 'poison-entries',
  title: 'entries of a stream are broken, of unknown type or version, empty, or beyond the log',
  quick: false,
  run: async (scene) => {
    const { stage, random, loseEntries } = scene;
    // One of them has nothing that says which event it is.
    loseEntries();
    for (const group of random.shuffled(hearers).slice(0, 2)) {
      const stream = new GroupStream(stage.redisClient, group);
      const ends = await poison(scene, stream);
      await untilTheyWaited(scene, stream, ends.get('parked') ?? []);
      await untilPutAway(scene, stream, ends);
      await putBeyondTheLog(scene, stream);
    }
  },
};
