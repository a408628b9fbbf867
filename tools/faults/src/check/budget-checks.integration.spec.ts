import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RolloutScene } from '../../test/rollout-scene.js';
import { budgetHeld, judgedBudgets } from './budget-checks.js';

interface Judged {
  readonly grp: string;
  readonly away: number;
  readonly most: number;
}

const scene = new RolloutScene();
const { render, report, run, fail, timeOut, match, remove, complete } = scene;
/** Six in the north, two in the south. */
let north: string[];
let south: string[];

beforeAll(scene.open);
afterAll(scene.close);

const create = (site: string) =>
  scene.log.event('device.created', { name: 'd', labels: { site }, spec: null, generation: 1 });
const relabel = (device: string, site: string) =>
  scene.log.event('device.labels-updated', { labels: { site } }, device);
const start = (disruptionBudget: object | null) =>
  scene.start({
    plan: { batches: [], updateTimeoutSeconds: 60, disruptionBudget, errorThreshold: null },
  });
const select = (...devices: string[]) => scene.select(1, ...devices);

/** What the check says, without uids. */
const found = async () =>
  Object.values(await scene.log.found([budgetHeld]))
    .flat()
    .map((what) => what.replace(`${scene.fleet} `, '').replace(/ at \d+/, ''));
const judged = async () =>
  (await scene.log.admin.query<Judged>(`${judgedBudgets} order by number, grp`)).map(
    ({ grp, away, most }) => `${grp}: ${away} of ${most}`,
  );

const bySite = { groupBy: ['site'], maxUnavailable: 2 };

beforeEach(async () => {
  await scene.begin(null);
  north = await Promise.all([0, 1, 2, 3, 4, 5].map(() => create('north')));
  south = await Promise.all([0, 1].map(() => create('south')));
  await match(scene.fleet, ...north, ...south);
});

describe('of each group', () => {
  it('as many may be on their way as the budget lets', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!, south[0]!);
    await run(1, north[0]!);
    await select(north[2]!, south[1]!);
    expect(await found()).toEqual([]);
    expect(await judged()).toEqual([
      ...['["north"]: 2 of 2', '["south"]: 1 of 2'],
      ...['["north"]: 2 of 2', '["south"]: 2 of 2'],
    ]);
  });

  it('not one more, whether at once', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!, north[2]!, south[0]!);
    expect(await found()).toEqual(['["north"]: 3, not 2']);
  });

  it('or one after the other', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!);
    await render(1, north[0]!, north[1]!);
    await report(north[0]!, 0);
    await select(north[2]!);
    await report(north[0]!, 1);
    await report(north[1]!, 1);
    expect(await found()).toEqual(['["north"]: 3, not 2']);
  });

  it.each<[string, object, string[]]>([
    ['so many as must stay', { groupBy: ['site'], minAvailable: 4 }, ['["north"]: 3, not 2']],
    ['all but one', { groupBy: ['site'], minAvailable: 9 }, ['["north"]: 3, not 1']],
    [
      'the tighter',
      { groupBy: ['site'], minAvailable: 1, maxUnavailable: 1 },
      ['["north"]: 3, not 1'],
    ],
    ['what is enough', { groupBy: ['site'], minAvailable: 3, maxUnavailable: 3 }, []],
    ['the whole fleet as one group', { maxUnavailable: 3 }, ['[]: 4, not 3']],
    ['a label that no device has', { groupBy: ['floor'], minAvailable: 5 }, ['[""]: 4, not 3']],
  ])('with %s', async (_, budget, expected) => {
    await start(budget);
    await select(north[0]!, north[1]!, north[2]!, south[0]!);
    expect(await found()).toEqual(expected);
  });

  it('without a budget, any number', async () => {
    await start(null);
    await select(...north, ...south);
    expect([await found(), await judged()]).toEqual([[], []]);
  });
});

describe('a device is not on its way any more when it', () => {
  it.each<[string, (device: string) => Promise<unknown>]>([
    ['reports its document', (device) => run(1, device)],
    ['could not be rendered', (device) => fail(device)],
    ['timed out', (device) => timeOut(device)],
    ['was deleted', (device) => remove(device)],
    ['left', (device) => match(null, device)],
    ['has labels of another group', (device) => relabel(device, 'south')],
  ])('%s', async (_, end) => {
    await start({ groupBy: ['site'], maxUnavailable: 1 });
    await select(north[0]!);
    await end(north[0]!);
    await select(north[1]!);
    expect(await found()).toEqual([]);
    await select(north[2]!);
    expect(await found()).toEqual(['["north"]: 2, not 1']);
  });

  it('falls back to what it ran before: nobody can hold that back', async () => {
    await start({ groupBy: ['site'], maxUnavailable: 1 });
    await select(north[0]!);
    await run(1, north[0]!);
    await report(north[0]!, 0);
    await select(north[1]!);
    expect(await found()).toEqual([]);
  });
});

describe('what the service may not have heard speaks for it:', () => {
  it('a device that came to a group makes it larger for ever', async () => {
    await start({ groupBy: ['site'], minAvailable: 3 });
    await relabel(north[0]!, 'south');
    await relabel(north[1]!, 'south');
    await select(north[2]!, north[3]!, north[4]!);
    expect(await found()).toEqual([]);
    await select(north[5]!);
    expect(await found()).toEqual(['["north"]: 4, not 3']);
  });

  it('a device that left and came back is not counted', async () => {
    await start({ groupBy: ['site'], maxUnavailable: 1 });
    await match(null, north[0]!);
    await match(scene.fleet, north[0]!);
    await select(north[0]!, north[1]!);
    expect(await found()).toEqual([]);
  });

  it('a device that was in no fleet before is counted', async () => {
    await start({ groupBy: ['site'], maxUnavailable: 1 });
    const late = await create('north');
    await match(null, late);
    await match(scene.fleet, late);
    await select(late, north[1]!);
    expect(await found()).toEqual(['["north"]: 2, not 1']);
  });
});

describe('devices that may be on their way already', () => {
  const one = { groupBy: ['site'], maxUnavailable: 1 };

  it('can be selected again when there is no room', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!);
    await start(one);
    await select(north[0]!, north[1]!);
    expect([await found(), await judged()]).toEqual([[], ['["north"]: 2 of 2']]);
  });

  it('also when they have reported, as that may not be known', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!);
    await run(1, north[0]!, north[1]!);
    await start(one);
    await select(north[0]!, north[1]!);
    expect(await found()).toEqual([]);
  });

  it('count when one is selected that surely was not', async () => {
    await start(bySite);
    await select(north[0]!, north[1]!);
    await start(one);
    await select(north[0]!, north[2]!);
    expect(await found()).toEqual(['["north"]: 3, not 1']);
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    ['their time-out is said', () => timeOut(north[0]!, north[1]!), ['["north"]: 2, not 1']],
    [
      'their rollout was completed',
      async () => void (await run(1, north[0]!, north[1]!), await complete()),
      ['["north"]: 2, not 1'],
    ],
    [
      'it was completed, and they fell back',
      async () => {
        await run(1, north[0]!, north[1]!);
        await complete();
        for (const device of [north[0]!, north[1]!]) await report(device, 0);
      },
      [],
    ],
    [
      'it was completed, and they are to run something newer',
      async () => {
        await run(1, north[0]!, north[1]!);
        await complete();
        await render(2, north[0]!, north[1]!);
      },
      [],
    ],
  ])('are surely not when %s', async (_, end, expected) => {
    await start(bySite);
    await select(north[0]!, north[1]!);
    await end();
    await start(one);
    await select(north[0]!, north[1]!);
    expect(await found()).toEqual(expected);
  });
});
