import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import { MarkedDevices } from '../load/marked-devices.js';
import { SystemApi, type WaitingEvent } from '../load/system-api.js';
import type { Scenario, Scene } from '../scenario.js';
import { Orchestrator } from '../stage/orchestrator.js';
import { exitCode, PoisonedBuild, thrown } from '../stage/poisoned-build.js';
import type { Stage } from '../stage/stage.js';

const hearers = ['selector', 'rollout', 'render'] as const;
type Hearer = (typeof hearers)[number];

const died = 'its process ended while it was handled';
const retryLimit = 1;
/** What its process had in hand when it died is tried again sooner than in other scenarios. */
const settings = {
  SKEIN_RETRY_LIMIT: String(retryLimit),
  SKEIN_RETRY_BASE_MS: '300',
  SKEIN_CLAIM_AFTER_MS: '1500',
};
/** Its first delivery, the try after that one, and the retries. */
const deathsAtMost = retryLimit + 2;
const givenUpWithinMs = 180_000;
const readyWithinMs = 30_000;
const quietMs = 4_000;

const throwing = ['poison-throw-0', 'poison-throw-1', 'poison-throw-2'];
const ending = ['poison-exit'];

async function uidsOf({ postgres }: Stage, names: readonly string[]): Promise<string[]> {
  const rows = await postgres.query<{ uid: string }>(
    'select uid from gateway.devices where name = any($1)',
    [names],
  );
  return rows.map(({ uid }) => uid);
}

const lastNumber = async ({ postgres }: Stage): Promise<number> =>
  (await postgres.query<{ last: number }>('select max(sequence) as last from log.sequence'))[0]!
    .last;

/** Numbers of the events that a service hears and that are about one of the devices. */
async function numbersAbout(
  { postgres }: Stage,
  room: Hearer,
  devices: readonly string[],
): Promise<Set<number>> {
  const rows = await postgres.query<{ number: number }>(
    `select number from faults.events e
     join log.hearings h on h.type = e.type_id and h.service = $1
     where uid = any($2::uuid[])
        or exists (select from json_array_elements(e.data -> 'members') m
                   where (m ->> 'device')::uuid = any($2::uuid[]))`,
    [room, devices],
  );
  return new Set(rows.map(({ number }) => number));
}

/** Until all about these devices, up to their documents, took effect in the service. */
async function untilHandled(stage: Stage, room: Hearer, devices: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      const [rendered] = await stage.postgres.query<{ count: number }>(
        `select count(*) from gateway.device_views
         where uid = any($1::uuid[]) and rendered_version > 0`,
        [devices],
      );
      const about = await numbersAbout(stage, room, devices);
      const [handled] = await stage.postgres.query<{ count: number }>(
        `select count(distinct number) from faults.effects
         where service = $1 and number = any($2::bigint[])`,
        [room, [...about]],
      );
      return rendered!.count === devices.length && handled!.count === about.size;
    },
    { timeoutMs: readyWithinMs, message: `${room} to handle what is not poison yet` },
  );
}

interface Poisoned {
  readonly room: Hearer;
  readonly throws: readonly string[];
  readonly exits: readonly string[];
  /** The last number before anything was poison. */
  readonly before: number;
}

/** All that is about these devices is given up, with a reason, and nothing else. */
async function untilGivenUp(
  { stage, writers }: Scene,
  poisoned: Poisoned,
): Promise<WaitingEvent[]> {
  const { room, throws, exits, before } = poisoned;
  const devices = [...throws, ...exits];
  const api = new SystemApi(writers.urls[0]!);
  const letters = await waitFor(
    async () => {
      const about = await numbersAbout(stage, room, devices);
      const poison = [...about].filter((number) => number > before);
      const found = await api.list('dead-letters', room);
      const given = new Set(found.map(({ number }) => number));
      // Each was written once since then, though that may not be numbered yet.
      const isAll = poison.length >= devices.length && poison.every((number) => given.has(number));
      return isAll && found;
    },
    { timeoutMs: givenUpWithinMs, intervalMs: 200, message: `${room} to give up what is poison` },
  );
  const about = await numbersAbout(stage, room, devices);
  const wrong = letters.filter(
    ({ number, reason }) =>
      !about.has(number) || !(reason.includes(thrown) || reason.includes(died)),
  );
  if (wrong.length > 0) throw new Error(`${room} gave up ${JSON.stringify(wrong)}`);
  return letters;
}

/** It does not end again and again for what it has given up. */
async function requireCalm(orchestrator: Orchestrator, exiting: number): Promise<void> {
  const { ends } = orchestrator;
  await sleep(quietMs);
  if (orchestrator.ends !== ends) throw new Error('it still ends again and again');
  if (ends === 0 || ends > exiting * deathsAtMost)
    throw new Error(`it ended ${ends} times for ${exiting} events`);
}

/** The service runs as a build that fails on these devices. */
async function runPoisoned(scene: Scene, room: Hearer) {
  const { stage, atEnd } = scene;
  const poisoned = await PoisonedBuild.copy(join(stage.folder, 'poisoned'));
  const name = `${room}-poisoned`;
  await stage.add(name, room, poisoned.build, settings);
  await stage.service(room).end('SIGTERM');
  const orchestrator = new Orchestrator(stage.service(name), exitCode);
  atEnd(() => orchestrator.stop());
  return { poisoned, orchestrator, name };
}

/** The build is put right, and what was given up is asked for again. */
async function putRight({ stage, writers }: Scene, room: Hearer, name: string): Promise<void> {
  await stage.add(`${room}-right`, room);
  await stage.service(name).end('SIGTERM');
  await new SystemApi(writers.urls[0]!).retryAll('dead-letters', room);
}

export const poisonHandlers: Scenario = {
  name: 'poison-handlers',
  title: 'handlers throw, or end their process, on some events; then the build is put right',
  quick: false,
  killsConsumers: true,
  // What it had in hand each time it ended is handled one by one, and much more came meanwhile.
  convergeWithinMs: 30_000,
  run: async (scene) => {
    const { stage, writers, random, say } = scene;
    const room = random.oneOf(hearers);
    const { poisoned, orchestrator, name } = await runPoisoned(scene, room);
    const devices = new MarkedDevices(writers, [...throwing, ...ending]);
    await devices.put();
    const [throws, exits] = [await uidsOf(stage, throwing), await uidsOf(stage, ending)];
    await untilHandled(stage, room, [...throws, ...exits]);
    const before = await lastNumber(stage);
    await poisoned.put({ throws, exits });
    say(`${room}: events about ${throwing.join(', ')} throw, about ${ending.join(', ')} end it`);
    await devices.put();
    const givenUp = () => untilGivenUp(scene, { room, throws, exits, before });
    const exiting = (await givenUp()).filter(({ reason }) => reason.includes(died)).length;
    await requireCalm(orchestrator, exiting);
    const letters = await givenUp();
    const members = letters.filter(({ reason }) => reason.startsWith('device ')).length;
    say(`${room} ended ${orchestrator.ends} times for ${exiting} events, then no more`);
    say(`given up: ${letters.length} events, of ${members} only one member or some`);
    await stage.postgres.query(
      'insert into faults.expected select $1, number from unnest($2::bigint[]) number',
      [room, letters.map(({ number }) => number)],
    );
    await orchestrator.stop();
    await putRight(scene, room, name);
    say('the build is put right, and what was given up is tried again');
  },
};
