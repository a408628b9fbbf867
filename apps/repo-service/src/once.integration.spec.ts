import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid, repositoryAccessChecked, repositoryUsersWoken } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Postgres } from '@skein/postgres';
import { Wants } from '@skein/task';
import { consumerHarness, waitFor, type ConsumerHarness } from '@skein/testing';
import { FileServer } from '../test/outside.js';
import { http } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let postgres: Postgres;
let harness: ConsumerHarness;
/** Two replicas. */
let one: Scene;
let two: Scene;
let make: Make;
let server: FileServer;
let r: string, f: string;

beforeAll(async () => {
  await stage.open();
  ({ postgres } = stage);
  [one, two] = [await stage.replica(), await stage.replica()];
});
beforeEach(async () => {
  ({ harness, make } = await stage.renew(one));
  server = new FileServer();
  await server.start();
  server.files.set('/list', { content: 'one' });
  [r, f] = [newUid(), newUid()];
});
afterEach(() => server.stop());
afterAll(() => stage.close());

const referredTo = () =>
  harness.handle(
    make.repositoryIs(r, 'feed', { type: 'http', url: server.url }),
    make.fleetIs(f, [http('feed', '/list')]),
  );
const dueNow = () => postgres.query('update repo.wants set due = now()');
const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);
/** Holds the answers of the server back until it is called. */
function closed(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.gate = promise;
  return resolve;
}

describe('once', () => {
  it('handled twice has no second effect', async () => {
    const events = [
      make.repositoryIs(r, 'feed', { type: 'http', url: server.url }),
      make.fleetIs(f, [http('feed', '/list')]),
    ];
    await harness.handle(...events);
    await one.task.work.once();
    await harness.appended();
    await postgres.query('delete from repo.inbox');
    await harness.handle(...events);
    await one.task.work.once();
    const late = typesOf(await harness.appended());
    expect(late.filter((type) => type !== repositoryUsersWoken.type)).toEqual([]);
  });

  it('of two replicas one looks, and what it saw is said once', async () => {
    await referredTo();
    const done = await Promise.all([one.task.work.once(), two.task.work.once()]);
    expect(done.sort()).toEqual([0, 1]);
    expect(server.asked).toEqual(['/list']);
    expect(typesOf(await harness.appended())).toEqual([
      repositoryAccessChecked.type,
      repositoryUsersWoken.type,
    ]);
  });

  it('a flood of pushes makes one look at a time, and the last one is seen', async () => {
    await referredTo();
    await one.task.work.once();
    await harness.appended();
    const open = closed();
    server.asked = [];
    server.most = 0;
    await harness.handle(make.pushed(r, 'feed'));
    const first = one.task.work.once();
    await waitFor(() => server.asked.length === 1);
    server.files.set('/list', { content: 'pushed while it was looked at' });
    for (let push = 0; push < 20; push += 1) {
      await harness.handle(make.pushed(r, 'feed'));
      await two.task.work.once();
      await one.task.work.once();
    }
    expect(server.asked).toHaveLength(1);
    open();
    await first;
    await waitFor(async () => {
      await Promise.all([one.task.work.once(), two.task.work.once()]);
      const later = await postgres.query(
        `select from repo.wants where due > now() + interval '1 second'`,
      );
      return later.length > 0;
    });
    expect([server.most, server.asked]).toEqual([1, ['/list', '/list']]);
    expect(typesOf(await harness.appended())).toContain(repositoryUsersWoken.type);
  });

  it('a replica that was killed while it looked leaves the look to another', async () => {
    await referredTo();
    const wants = new Wants('repo');
    const [want] = await wants.claim(postgres, 1, 'repository');
    expect(await one.checks.begin(postgres, want!)).toBeDefined();
    // It gives no sign of life any more; its claim goes first.
    await dueNow();
    await two.task.work.once();
    expect(server.asked).toEqual([]);
    await postgres.query('update repo.repositories set checking_until = now()');
    await dueNow();
    await two.task.work.once();
    expect(server.asked).toEqual(['/list']);
    expect(typesOf(await harness.appended())).toContain(repositoryAccessChecked.type);
  });

  it('gives signs of life while it looks for long', async () => {
    await referredTo();
    const open = closed();
    const look = one.task.work.once();
    await waitFor(() => server.asked.length === 1);
    await postgres.query(
      `update repo.repositories set checking_until = now() + interval '1 second'`,
    );
    await waitFor(async () => {
      const rows = await postgres.query(
        `select from repo.repositories where checking_until > now() + interval '2 seconds'`,
      );
      return rows.length > 0;
    });
    open();
    await look;
    expect(
      await postgres.query('select from repo.repositories where checking_until is null'),
    ).toHaveLength(1);
  });

  it('drops what was seen by a spec that a newer one overtook', async () => {
    await referredTo();
    const open = closed();
    const look = one.task.work.once();
    await waitFor(() => server.asked.length === 1);
    await harness.handle(make.specIs(r, { type: 'http', url: `${server.url}/new` }));
    open();
    await look;
    expect(typesOf(await harness.appended())).toEqual([]);
    await one.task.work.once();
    const [told] = await harness.appended();
    expect(told?.data).toMatchObject({ accessible: false, reason: 'NotFound' });
  });
});

describe('a server that is slow', () => {
  it('holds up the others no longer than its own look', async () => {
    const open = closed();
    await referredTo();
    const slow = one.task.work.once();
    await waitFor(() => server.asked.length === 1);
    const other = new FileServer();
    await other.start();
    const uid = newUid();
    await harness.handle(make.repositoryIs(uid, 'other', { type: 'http', url: other.url }));
    await one.task.work.once();
    expect((await harness.appended()).map(({ subject }) => subject)).toEqual([uid]);
    await other.stop();
    open();
    await slow;
  });

  it('is asked no more in one look after two questions without an answer', async () => {
    const suffixes = ['/1', '/2', '/3', '/4', '/5', '/6'];
    await harness.handle(
      make.repositoryIs(r, 'feed', { type: 'http', url: server.url }),
      make.fleetIs(
        f,
        suffixes.map((suffix) => http('feed', suffix)),
      ),
    );
    server.files.set('/', { content: 'here' });
    for (const suffix of suffixes) server.files.set(suffix, { content: 'slow' });
    const open = closed();
    const short = { SKEIN_SOURCE_HTTP_TIMEOUT_MS: '1000' };
    const hasty = await stage.replica(short);
    await hasty.task.work.once();
    open();
    expect(server.asked.length).toBeLessThan(4);
    const [told] = await harness.appended();
    expect(told?.data).toMatchObject({ accessible: false, reason: 'TimedOut' });
  });
});
