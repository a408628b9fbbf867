import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { PoisonScene } from '../test/poison-scene.js';

const door = new DoorScene({
  migratedDatabase: () => migratedDatabase(),
  jsonClient,
  environment: process.env,
});
let scene: PoisonScene;

const call = (method: string, path: string, body?: unknown) =>
  door.call(method, `/system${path}`, body);
const numbersOf = ({ body }: { body: Loose }) =>
  body.items.map(({ number }: { number: number }) => number);

beforeAll(async () => {
  await door.open();
  scene = await PoisonScene.open(door.database);
});
afterAll(async () => {
  await scene?.close();
  await door.close();
});
beforeEach(() => scene.empty());

describe('a poisoned event', () => {
  it('is a dead letter, is told to people, and takes effect once when it is tried again', async () => {
    const [first, poisoned, last] = await scene.logged(3);
    scene.poisoned.add(poisoned!);
    for (const number of [first, poisoned, last]) await scene.deliver(number!);
    expect(await scene.effects()).toEqual([first, last]);

    const path = `/dead-letters/selector/${poisoned}`;
    const shown = await call('GET', path);
    expect(shown.body).toMatchObject({
      service: 'selector',
      number: poisoned,
      reason: `event ${poisoned} is poisoned`,
      attempts: 2,
      since: expect.stringMatching(/Z$/),
      event: { type: deviceDeleted.type, org, data: { name: 'd' } },
    });

    await scene.number();
    const events = await door.call('GET', '/events');
    const [told] = events.body.items;
    expect(told).toMatchObject({
      reason: 'InternalTaskPermanentlyFailed',
      type: 'Warning',
      involvedObject: { kind: 'Device', name: 'd' },
      source: { component: 'selector' },
      details: {
        errorMessage: `event ${poisoned} is poisoned`,
        originalEvent: { metadata: { name: shown.body.event.id } },
      },
    });

    scene.poisoned.clear();
    const retried = await call('POST', `${path}/retry`);
    expect([retried.code, retried.body.status]).toEqual([200, 'Success']);
    expect((await call('POST', `${path}/retry`)).code).toBe(404);
    await Promise.all([scene.retry(), scene.deliver(poisoned!), scene.retry()]);
    await scene.deliver(poisoned!);
    expect(await scene.effects()).toEqual([first, poisoned, last]);
    expect((await call('GET', path)).code).toBe(404);
  });

  it('is tried again also when the checkpoint has passed it and its inbox row is pruned', async () => {
    const [poisoned] = await scene.logged(1);
    scene.poisoned.add(poisoned!);
    await scene.deliver(poisoned!);
    await scene.admin.query(`update log.checkpoints set number = $1 where service = 'selector'`, [
      poisoned,
    ]);
    await scene.admin.query('delete from selector.inbox');
    scene.poisoned.clear();
    await call('POST', `/dead-letters/selector/${poisoned}/retry`);
    await scene.retry();
    await scene.retry();
    await scene.deliver(poisoned!);
    expect(await scene.effects()).toEqual([poisoned]);
    await scene.admin.query(`update log.checkpoints set number = 0 where service = 'selector'`);
  });

  it('that is dropped stays handled', async () => {
    const [poisoned] = await scene.logged(1);
    scene.poisoned.add(poisoned!);
    await scene.deliver(poisoned!);
    expect((await call('DELETE', `/dead-letters/selector/${poisoned}`)).code).toBe(200);
    expect((await call('DELETE', `/dead-letters/selector/${poisoned}`)).code).toBe(404);
    scene.poisoned.clear();
    await scene.deliver(poisoned!);
    await scene.retry();
    expect(await scene.effects()).toEqual([]);
  });
});

describe('a list of dead letters', () => {
  const other = newUid();
  let numbers: number[];

  beforeEach(async () => {
    numbers = [...(await scene.logged(3)), ...(await scene.logged(2, other))];
    await scene.admin.query(
      `insert into selector.dead_letters (number, attempts, reason, since)
       select n, 11, 'broken', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 day' from unnest($1::bigint[]) n`,
      [numbers],
    );
    await scene.admin.query(
      `insert into render.dead_letters (number, attempts, reason) values ($1, 1, 'malformed'), (4711, 1, 'not in the log')`,
      [numbers[0]],
    );
  });

  it('is filtered by service, type, organisation and time', async () => {
    const [one, two, three, four, five] = numbers;
    const list = async (query: string) => numbersOf(await call('GET', `/dead-letters?${query}`));
    expect(await list('')).toEqual([one, 4711, one, two, three, four, five]);
    expect(await list('service=render')).toEqual([one, 4711]);
    expect(await list('service=repo')).toEqual([]);
    expect(await list(`type=${deviceDeleted.type}&service=render`)).toEqual([one]);
    expect(await list(`org=${other}`)).toEqual([four, five]);
    expect(await list(`service=selector&since=2026-01-0${three! + 1}T00:00:00Z`)).toEqual([
      three,
      four,
      five,
    ]);
  });

  it('comes in pages', async () => {
    const seen: number[] = [];
    let token = '';
    do {
      const page = await call('GET', `/dead-letters?limit=2${token && `&continue=${token}`}`);
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      expect(page.body.items[0].event?.data).toBeUndefined();
      seen.push(...numbersOf(page));
      token = page.body.metadata.continue;
    } while (token);
    expect(seen).toEqual([numbers[0], 4711, ...numbers]);
  });

  it.each([
    'limit=1001',
    'continue=x',
    'service=nobody',
    'org=x',
    'since=yesterday',
    'colour=red',
    'all=true',
  ])('is refused with %s', async (query) => {
    expect((await call('GET', `/dead-letters?${query}`)).code).toBe(400);
  });

  it('is tried again by filter, all at once', async () => {
    const answer = await call('POST', '/dead-letters/retry', { service: 'selector', org: other });
    expect([answer.code, answer.body.message]).toEqual([200, '2 events are tried again']);
    await scene.retry();
    expect(await scene.effects()).toEqual(numbers.slice(3));
    expect(await scene.numbersIn('selector.dead_letters')).toEqual(numbers.slice(0, 3));
  });

  it('is tried again and dropped only when it is said which', async () => {
    const [flawed, unclear] = [{ toString: 1 }, { service: 'render', all: '' }];
    for (const body of [
      {},
      { all: false },
      [],
      { service: 'nobody' },
      { limit: 3 },
      flawed,
      unclear,
    ]) {
      expect((await call('POST', '/dead-letters/retry', body)).code).toBe(400);
    }
    expect((await call('DELETE', '/dead-letters')).code).toBe(400);
    expect((await call('DELETE', '/dead-letters?service=render')).body.message).toBe(
      '2 events are dropped',
    );
    expect(await scene.numbersIn('selector.dead_letters')).toEqual(numbers);
    expect((await call('DELETE', '/dead-letters?all=true')).body.message).toBe(
      '5 events are dropped',
    );
  });

  it('has no place for numbers and services that are none', async () => {
    expect((await call('GET', '/dead-letters/nobody/1')).code).toBe(404);
    expect((await call('GET', '/dead-letters/selector/one')).code).toBe(400);
    expect((await call('GET', '/dead-letters/selector/99999')).code).toBe(404);
    expect((await call('GET', '/dead-letters/render/4711')).body).not.toHaveProperty('event');
  });
});

describe('the streams', () => {
  const figures = { lag: 3, checkpoint: 7, pending: null, published: 9 };
  const report = async () => (await call('GET', '/streams')).body;

  it('say that the replayer never gave a sign of life', async () => {
    await scene.admin.query('truncate log.stream_figures, log.numbering_figures');
    expect(await report()).toMatchObject({ replayer: { alive: false }, items: [] });
  });

  it('are what the replayer wrote down, with their age', async () => {
    await scene.admin.query(
      `insert into log.stream_figures (service, partition, figures) values ('selector', 0, $1), ('render', 0, $2)`,
      [figures, { ...figures, checkpoint: 5, pending: 1 }],
    );
    const heldUpBy = [{ pid: 7, application: 'a slow import', state: 'active', ageSeconds: 3 }];
    await scene.admin.query(`insert into log.numbering_figures (figures) values ($1)`, [
      { last: 9, delaySeconds: 3, holes: 1, heldUpBy },
    ]);
    const found = await report();
    expect(found).toMatchObject({
      kind: 'StreamReportList',
      replayer: { alive: true },
      smallestCheckpoint: 5,
      numbering: { last: 9, heldUpBy },
      items: [
        { service: 'render', partition: 0, pending: 1 },
        { service: 'selector', lag: 3, ageSeconds: expect.any(Number) },
      ],
    });
    expect(found.items[1]).not.toHaveProperty('pending');
  });

  it('say so when the replayer is away, and how old the figures are', async () => {
    for (const table of ['stream_figures', 'numbering_figures']) {
      await scene.admin.query(`update log.${table} set updated_at = now() - interval '1 hour'`);
    }
    const { replayer, items } = await report();
    expect(replayer).toMatchObject({
      alive: false,
      message: expect.stringContaining('no sign of life for 3600 s'),
    });
    expect(items[0].ageSeconds).toBeGreaterThanOrEqual(3_600);
  });
});
