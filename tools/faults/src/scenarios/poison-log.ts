import { waitFor } from '@skein/testing';
import { newUid, DEFAULT_ORGANISATION, type Group } from '@skein/events';
import { SystemApi, type WaitingEvent, type WaitingKind } from '../load/system-api.js';
import type { Scenario, Scene } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

/** They hear what the selector says. */
const hearers = ['gateway', 'rollout', 'render'] as const satisfies readonly Group[];
const patience = { timeoutMs: 20_000 };

interface Poison {
  readonly type: string;
  readonly data: object;
  readonly ends: WaitingKind;
}

/** As a broken speaker would append them: each about something that is not there, so that nothing depends on it. */
const poisons: readonly Poison[] = [
  { type: 'skein.matching.imagined.v1', data: { members: [] }, ends: 'parked' },
  { type: 'skein.matching.devices-matched.v99', data: { members: [] }, ends: 'parked' },
  { type: 'skein.matching.devices-matched.v1', data: {}, ends: 'dead-letters' },
];

/** Appends it; answers its number. As speakers do, the transaction has an id before it draws a position. */
async function append({ postgres }: Stage, { type, data }: Poison): Promise<number> {
  const id = newUid();
  await postgres.query('select log.register_types($1)', [[type]]);
  for (const hearer of hearers)
    await postgres.query('select log.register_hearing($1, $2)', [hearer, [type]]);
  await postgres.transaction(async (transaction) => {
    await transaction.query('select pg_current_xact_id()');
    await transaction.query(
      `insert into log.events (id, org, kind, subject, version, type, source, data)
       select $1, $2, 'Matching', $3, 1, id, '/selector', $5 from log.types where name = $4`,
      [id, DEFAULT_ORGANISATION, newUid(), type, JSON.stringify(data)],
    );
  });
  return waitFor(
    async () => {
      const [row] = await postgres.query<{ number: number }>(
        'select sequence as number from log.sequence join log.events using (position) where id = $1',
        [id],
      );
      return row?.number;
    },
    { ...patience, message: 'the poisoned event to be numbered' },
  );
}

/** What the API says of it, once each service has put it away. */
async function putAway(api: SystemApi, { ends, type }: Poison, number: number) {
  return Promise.all(
    hearers.map((hearer) =>
      waitFor(async () => (await api.list(ends, hearer)).find((event) => event.number === number), {
        ...patience,
        message: `${type} among the ${ends} of ${hearer}`,
      }),
    ),
  );
}

async function untilTheyPassed({ postgres }: Stage, number: number): Promise<void> {
  await waitFor(
    async () => {
      const rows = await postgres.query(
        'select from log.checkpoints where number <= $1 and service = any($2)',
        [number, hearers],
      );
      return rows.length === 0;
    },
    { ...patience, message: `the checkpoints to pass the poisoned event ${number}` },
  );
}

interface Put {
  readonly kind: WaitingKind;
  readonly event: WaitingEvent;
}

/** Tried again it ends where it was: nobody can ever handle it, so it is dropped. */
async function retryAndDrop({ stage, say }: Scene, api: SystemApi, events: readonly Put[]) {
  for (const { kind, event } of events) await api.retry(kind, event);
  for (const { kind, event } of events) {
    const { service, number } = event;
    await waitFor(
      async () => (await api.list(kind, service)).some((found) => found.number === number),
      { ...patience, message: `${number} to end again among the ${kind} of ${service}` },
    );
    await stage.postgres.query('insert into faults.dropped values ($1, $2)', [service, number]);
    await api.drop(kind, event);
  }
  say(`all ${events.length} ended there again when they were retried, and are dropped`);
}

export const poisonLog: Scenario = {
  name: 'poison-log',
  title: 'the log has events of unknown type or version, and without their data',
  quick: false,
  run: async (scene) => {
    const { stage, writers, random, say } = scene;
    const api = new SystemApi(writers.urls[0]!);
    const put: Put[] = [];
    for (const poison of random.shuffled(poisons)) {
      const number = await append(stage, poison);
      const events = await putAway(api, poison, number);
      put.push(...events.map((event) => ({ kind: poison.ends, event })));
      const places = events.map(({ service }) => service).join(', ');
      say(`${number}, ${poison.type}: ${poison.ends} of ${places}: ${events[0]!.reason}`);
      await untilTheyPassed(stage, number);
      say('it waits, and the checkpoints have passed it');
    }
    await retryAndDrop(scene, api, put);
  },
};
