import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction } from '@skein/testing';
import fc from 'fast-check';
import { LogScene, type Held } from '../../test/log-scene.js';
import { inAnyOrder, type Step } from '../../test/steps.js';
import { Numbering } from './numbering.js';

let database: MigratedDatabase;
let log: LogScene;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  log = await LogScene.open(database, openTransaction);
});
afterAll(async () => {
  await log?.close();
  await database?.close();
});

const subjects = [newUid(), newUid(), newUid()];

/** Writers with open transactions, and replayers that all believe to lead. */
interface Log {
  readonly open: Map<number, { readonly transaction: Held; readonly subjects: Set<number> }>;
  readonly replayers: Numbering[];
}
type LogStep = Step<Log>;

/** Numbers from 1 without a gap, each for another event, and versions in their order. */
async function isSound(): Promise<void> {
  const rows = await log.admin.query<{ sequence: number; position: number; subject: string }>(
    `select s.sequence, s.position, e.subject, e.version from log.sequence s
     join log.events e using (position) order by s.sequence`,
  );
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
  expect(new Set(rows.map(({ position }) => position)).size).toBe(rows.length);
  for (const subject of subjects) {
    const versions = rows.filter((row) => row.subject === subject) as unknown as {
      version: number;
    }[];
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
  }
}

const writer = fc.nat({ max: 2 });
const replayer = fc.nat({ max: 1 });

const appends = fc
  .tuple(writer, fc.nat({ max: 2 }), fc.integer({ min: 1, max: 3 }))
  .map(([at, subject, count]): LogStep => ({
    name: `${at} appends ${count} of ${subject}`,
    // Another one that holds the subject would be waited for.
    possible: ({ open }) =>
      [...open].every(([other, { subjects: held }]) => other === at || !held.has(subject)),
    run: async ({ open }) => {
      const known = open.get(at) ?? { transaction: await log.hold(), subjects: new Set<number>() };
      open.set(at, known);
      known.subjects.add(subject);
      const events = Array.from({ length: count }, () => log.event(subjects[subject]));
      await log.append(known.transaction, events);
    },
  }));
const ends = fc.tuple(writer, fc.constantFrom('commit', 'rollback')).map(([at, how]): LogStep => ({
  name: `${at}: ${how}`,
  possible: ({ open }) => open.has(at),
  run: async ({ open }) => {
    await open.get(at)!.transaction[how]();
    open.delete(at);
  },
}));
const round = replayer.map((at): LogStep => ({
  name: `round of ${at}`,
  run: async ({ replayers }) => {
    await replayers[at]!.round();
    await isSound();
  },
}));
const race = fc.constant<LogStep>({
  name: 'rounds of both at once',
  run: async ({ replayers }) => {
    await Promise.all(replayers.map((one) => one.round()));
    await isSound();
  },
});
const saves = replayer.map((at): LogStep => ({
  name: `${at} saves`,
  run: ({ replayers }) => replayers[at]!.saveSettled(),
}));
const restarts = replayer.map((at): LogStep => ({
  name: `${at} starts again`,
  run: async ({ replayers }) => {
    replayers[at] = new Numbering(log.replayer);
  },
}));
const loses = replayer.map((at): LogStep => ({
  name: `${at} loses its connection`,
  run: async ({ replayers }) => replayers[at]!.distrust(),
}));

it('whoever writes, ends, numbers and starts again: numbers have no gap, each event has one, versions are in order', async () => {
  await inAnyOrder([appends, appends, ends, round, round, race, saves, restarts, loses], {
    numRuns: 20,
    begin: async () => {
      await log.empty();
      const replayers = [new Numbering(log.replayer), new Numbering(log.replayer)];
      return { open: new Map(), replayers };
    },
    end: async ({ open, replayers }) => {
      for (const { transaction } of open.values()) await transaction.commit();
      for (let more = 0; more < 3; more += 1) await replayers[0]!.round();
      await isSound();
      const left = await log.admin.query(
        'select position from log.events except select position from log.sequence',
      );
      expect(left).toEqual([]);
      expect(replayers[0]!.reached?.holes).toEqual([]);
    },
  });
});
