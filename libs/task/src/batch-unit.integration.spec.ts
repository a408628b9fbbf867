import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceDeleted, newUid, type EventDefinition } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { putIntoLog } from '@skein/testing';
import { delivered, UnitScene } from '../test/unit-scene.js';

let database: MigratedDatabase;
let scene: UnitScene;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database, putIntoLog);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(() => scene.reset());

describe('a batch', () => {
  it('is folded type by type, decided once, appended and fenced; then the replayer is woken', async () => {
    const subject = newUid();
    await scene.handle(
      delivered(1, { subject }),
      delivered(2, { subject }),
      delivered(3, { definition: deviceDeleted as EventDefinition<never> }),
      delivered(5, { subject }),
    );
    expect(scene.task.calls).toEqual([
      'lock 1,2,3,5',
      'labels-updated 1,2,5',
      'deleted 3',
      'perform',
      'committed',
    ]);
    expect(await scene.tables()).toEqual({ folded: [1, 2, 3, 5], inbox: [1, 2, 3, 5] });
    expect(await scene.appended()).toHaveLength(2);
    expect(scene.wakes).toBe(1);
  });

  it('delivered again takes no effect, and what is new in it does', async () => {
    const [one, two, three] = [delivered(1), delivered(2), delivered(3)];
    await scene.handle(one, two);
    await scene.handle(two, one);
    await scene.handle(two, three);
    expect(await scene.appended()).toHaveLength(3);
    expect(scene.task.calls.filter((call) => call.startsWith('labels'))).toEqual([
      'labels-updated 1,2',
      'labels-updated 3',
    ]);
  });

  it('waits for the disk when it appends, or when people read what it saves', async () => {
    await scene.admin.query(`
create table selector.commits (synchronous text);
grant all on selector.commits to public;
create function selector.note_commit() returns trigger language plpgsql as
  'begin insert into selector.commits values (current_setting(''synchronous_commit'')); return null; end';
create constraint trigger at_commit after insert on selector.folded deferrable initially deferred
  for each row execute function selector.note_commit()`);
    await scene.handle(delivered(1));
    scene.task.perform = () => Promise.resolve([]);
    await scene.handle(delivered(2));
    Object.assign(scene.task, { isShown: true });
    await scene.handle(delivered(3));
    const commits = await scene.admin.query<{ synchronous: string }>(
      'select synchronous from selector.commits',
    );
    expect(commits.map(({ synchronous }) => synchronous)).toEqual(['on', 'off', 'on']);
    await scene.admin.query(
      'drop function selector.note_commit() cascade; drop table selector.commits',
    );
  });

  it('is committed before anybody is told', async () => {
    const seen: number[] = [];
    const looks: Promise<unknown>[] = [];
    scene.task.committed = () => {
      looks.push(scene.appended().then((events) => seen.push(events.length)));
    };
    await scene.handle(delivered(1));
    await Promise.all(looks);
    expect(seen).toEqual([1]);
  });
});

describe('a batch that fails leaves nothing', () => {
  const nothing = async () => {
    expect([await scene.tables(), await scene.appended(), scene.wakes]).toEqual([{}, [], 0]);
    expect(scene.task.calls).not.toContain('committed');
  };

  it('when a handler throws', async () => {
    scene.poisoned.add(2);
    await expect(scene.handle(delivered(1), delivered(2))).rejects.toBe(scene.refusal);
    await nothing();
  });

  it('when the decision throws', async () => {
    scene.task.failure = new Error('undecided');
    await expect(scene.handle(delivered(1))).rejects.toBe(scene.task.failure);
    await nothing();
  });

  it('when what it appends is refused', async () => {
    const perform = scene.task.perform.bind(scene.task);
    scene.task.perform = async (batch) => {
      const [event] = await perform(batch);
      return [event!, { ...event!, definition: deviceDeleted }];
    };
    await expect(scene.handle(delivered(1))).rejects.toMatchObject({ code: 'not-the-speaker' });
    await nothing();
  });

  it('when the commit itself fails', async () => {
    const perform = scene.task.perform.bind(scene.task);
    scene.task.perform = async (batch) => {
      await batch.transaction.query('insert into selector.at_commit values (1), (1)');
      return perform(batch);
    };
    await expect(scene.handle(delivered(1))).rejects.toMatchObject({ code: '23505' });
    await nothing();
  });

  it('and takes effect when it is delivered again', async () => {
    scene.poisoned.add(1);
    const event = delivered(1);
    await scene.handle(event).catch(() => undefined);
    scene.poisoned.clear();
    await scene.handle(event);
    expect(await scene.tables()).toEqual({ folded: [1], inbox: [1] });
  });
});

describe('what an event causes', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const origin = {
    traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    actor: 'operator',
    requestid: 'request',
    sourceaddress: '192.0.2.1',
  };

  it('names it as its cause, and carries on who asked for it and the trace', async () => {
    const cause = delivered(1, { origin });
    await scene.handle(cause);
    const [event] = await scene.appended();
    expect(event).toMatchObject({
      causationid: cause.event.id,
      correlationid: cause.event.id,
      actor: 'operator',
      requestid: 'request',
      traceparent: origin.traceparent,
    });
  });

  it('belongs to the chain that its cause belongs to', async () => {
    const first = newUid();
    await scene.handle(delivered(1, { origin: { correlationid: first, causationid: newUid() } }));
    expect(await scene.appended()).toMatchObject([{ correlationid: first }]);
  });

  it('has each its own cause in one batch', async () => {
    const causes = [delivered(1), delivered(2)];
    await scene.handle(...causes);
    const appended = await scene.appended();
    const pairs = appended.map(({ causationid, data }) => [causationid, data.members[0]!.device]);
    expect(pairs).toEqual(causes.map(({ event }) => [event.id, event.subject]));
  });
});

describe('a sweep', () => {
  it('decides what it found missing, in one transaction, and appends it', async () => {
    const uid = newUid();
    const org = '00000000-0000-0000-0000-000000000000';
    const found = await scene.unit.sweep(async (batch) =>
      batch.wantMissed('device', [{ org, uid }]),
    );
    expect([found, scene.task.calls, scene.wakes]).toEqual([1, ['perform', 'committed'], 1]);
    expect(await scene.appended()).toMatchObject([{ causationid: null, traceparent: null }]);
  });

  it('that finds nothing decides nothing', async () => {
    expect(await scene.unit.sweep(async () => undefined)).toBe(0);
    expect([scene.task.calls, scene.wakes]).toEqual([['committed'], 0]);
  });
});
