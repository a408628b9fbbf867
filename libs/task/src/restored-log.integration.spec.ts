import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnreadableEvent, type Delivered } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { delivered, deliveryOf, UnitScene } from '../test/unit-scene.js';

let database: MigratedDatabase;
let scene: UnitScene;
let events: Delivered[];

const handled = () => scene.task.calls.filter((call) => call.startsWith('labels'));
const logHas = (number: number) => events[number - 1]!;
/** The stream has another event under the number than the log: it was restored to an earlier point. */
const lost = (number: number) => delivered(number);
const causes = async () => (await scene.appended()).map(({ causationid }) => causationid);

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset();
  events = await scene.logged(3);
});

describe('an event that the log has lost', () => {
  it('takes no effect, and those of its batch that the log kept do', async () => {
    await scene.handle(logHas(1), lost(2), lost(3));
    expect([await scene.tables(), handled()]).toEqual([
      { folded: [1], inbox: [1] },
      ['labels-updated 1'],
    ]);
    await scene.handle(logHas(2), logHas(3));
    expect(await causes()).toEqual(events.map(({ event }) => event.id));
  });

  it('is not tried when it was delivered before', async () => {
    await scene.unit.handleAgain(lost(2), scene.dispatch);
    await scene.unit.handleAgain(lost(99), scene.dispatch);
    expect([await scene.tables(), handled()]).toEqual([{}, []]);
  });

  it('is not put aside when nobody can read it', async () => {
    for (const code of ['unknown', 'malformed'] as const) {
      await scene.unit.setAside(deliveryOf(lost(2)), new UnreadableEvent(code, code));
    }
    expect(await scene.tables()).toEqual({});
    expect(await scene.admin.query(`select from log.events where kind like '%Task'`)).toEqual([]);
  });

  it('leaves alone the retry of the event that has its number, which runs that event', async () => {
    await scene.unit.fail(2, new Error('first'));
    await scene.handle(lost(2));
    await scene.unit.handleAgain(lost(2), scene.dispatch);
    await scene.unit.setAside(deliveryOf(lost(2)), new UnreadableEvent('unknown', 'unknown'));
    expect([await scene.tables(), handled()]).toEqual([{ retries: [2] }, []]);
    await scene.hurry();
    await scene.unit.retryDue(scene.dispatch);
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
    expect(await causes()).toEqual([logHas(2).event.id]);
  });
});
