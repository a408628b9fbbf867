import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import fc from 'fast-check';
import { inAnyOrder, type Step } from '../test/steps.js';
import { Lease } from './lease.js';

let database: MigratedDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await migratedDatabase([]);
  postgres = await Postgres.open({ url: database.urlOf('replayer'), applicationName: 'test' });
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

/** Three replayers; the model knows who holds the lease, and whether its time is over. */
interface Election {
  readonly leases: readonly Lease[];
  holder: number | undefined;
  over: boolean;
}
type ElectionStep = Step<Election>;

const mayHold = ({ holder, over }: Election, who: number) =>
  holder === undefined || holder === who || over;

const who = fc.nat({ max: 2 });
const holds = who.map((at): ElectionStep => ({
  name: `${at} asks`,
  run: async (model) => {
    const expected = mayHold(model, at);
    expect(await model.leases[at]!.hold()).toBe(expected);
    if (expected) Object.assign(model, { holder: at, over: false });
  },
}));
const all = fc.constant<ElectionStep>({
  name: 'all ask at once',
  run: async (model) => {
    const held = await Promise.all(model.leases.map((lease) => lease.hold()));
    expect(held.filter(Boolean)).toHaveLength(1);
    const holder = held.indexOf(true);
    expect(mayHold(model, holder)).toBe(true);
    Object.assign(model, { holder, over: false });
  },
});
const releases = who.map((at): ElectionStep => ({
  name: `${at} gives back`,
  run: async (model) => {
    await model.leases[at]!.release();
    if (model.holder === at) model.holder = undefined;
  },
}));
const freezes = fc.constant<ElectionStep>({
  name: 'the holder freezes past its end',
  possible: ({ holder }) => holder !== undefined,
  run: async (model) => {
    await postgres.query(`update log.leases set expires_at = now() - interval '1 ms'`);
    model.over = true;
  },
});

it('in any order of asking, giving back and freezing, there is one holder', async () => {
  await inAnyOrder([holds, all, releases, freezes], {
    numRuns: 30,
    begin: async () => {
      await postgres.query('delete from log.leases');
      const leases = ['one', 'two', 'three'].map(
        (holder) => new Lease(postgres, { name: 'replayer', holder, durationMs: 60_000 }),
      );
      return { leases, holder: undefined, over: false };
    },
    end: async (model) => {
      const held = await Promise.all(model.leases.map((lease) => lease.hold()));
      expect(held.filter(Boolean)).toHaveLength(1);
    },
  });
});
