import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { ListScene } from '../test/list-scene.js';
import { fleet } from '../test/manifests.js';
import { DevicesService } from './resources/devices.service.js';

const scene = new ListScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, device, listOf } = scene;

beforeAll(() => scene.open());
beforeEach(() => scene.clear());
afterAll(() => scene.close());

const numbered = (index: number) => `d${String(index).padStart(3, '0')}`;
const even = { labelSelector: 'kind=even' };
const labels = (index: number) => ({ kind: index % 2 === 0 ? 'even' : 'odd' });

/** All pages; between two of them something may happen. */
async function pages(query: Record<string, string>, between = async (): Promise<unknown> => null) {
  const found: Loose[] = [];
  let token: string | undefined;
  do {
    found.push(await listOf('devices', { ...query, ...(token && { continue: token }) }));
    token = found.at(-1).metadata.continue;
    await between();
  } while (token);
  return found;
}

const namesOf = (page: Loose): string[] => page.items.map(({ metadata }: Loose) => metadata.name);

describe('pages of what is selected', () => {
  it('say how many follow, of what is selected only', async () => {
    for (let index = 0; index < 10; index += 1)
      await device(numbered(index), { labels: labels(index) });
    const found = await pages({ ...even, limit: '2' });
    expect(found.map(namesOf)).toEqual([['d000', 'd002'], ['d004', 'd006'], ['d008']]);
    expect(found.map(({ metadata }) => metadata.remainingItemCount)).toEqual([3, 1, undefined]);
    const joined = await pages({ fieldSelector: 'status.summary.status=Unknown', limit: '6' });
    expect(joined[0].metadata.remainingItemCount).toBe(4);
    const last = await pages({ fieldSelector: 'metadata.name>d005', limit: '4' });
    expect(last.map(({ metadata }) => Object.keys(metadata))).toEqual([['resourceVersion']]);
  });

  it('have everything that is there all the time once, whatever comes and goes', async () => {
    for (let index = 0; index < 60; index += 2)
      await device(numbered(index), { labels: labels(0) });
    const doomed = [0, 8, 30, 46].map((index) => numbered(index));
    let next = 1;
    const found = await pages({ ...even, limit: '3' }, async () => {
      await device(numbered(next), { labels: labels(0) });
      next += 6;
      const gone = doomed.pop();
      if (gone) await scene.postgres.query('delete from gateway.devices where name = $1', [gone]);
    });
    const names = found.flatMap(namesOf);
    expect(names).toEqual([...new Set(names)].sort());
    const stable = Array.from({ length: 30 }, (_, index) => numbered(2 * index)).filter(
      (name) => ![0, 8, 30, 46].map(numbered).includes(name),
    );
    expect(names).toEqual(expect.arrayContaining(stable));
    expect(names).not.toContain(numbered(46));
    expect(next).toBeGreaterThan(50);
  });

  it('the order of names is that of their bytes, on every page', async () => {
    for (const name of ['b', 'a-b', 'a.b', 'ab', 'a0', '0']) await device(name);
    const names = (await pages({ limit: '1' })).flatMap(namesOf);
    expect(names).toEqual(['0', 'a-b', 'a.b', 'a0', 'ab', 'b']);
  });
});

it('a selector of 8 KiB in a URL is read', async () => {
  await device('a');
  const fieldSelector = `metadata.name in (a,${'x'.repeat(8_000)})`;
  expect(await scene.names('devices', { fieldSelector })).toEqual(['a']);
  const escaped = { fieldSelector: `metadata.name in (a${',é'.repeat(990)})` };
  expect(await scene.names('devices', escaped)).toEqual(['a']);
});

describe('a position', () => {
  const first = async (query: Record<string, string>): Promise<string> => {
    for (const name of ['a', 'b', 'c']) await device(name, { labels: { x: 'y' } });
    return (await listOf('devices', { ...query, limit: '1' })).metadata.continue;
  };

  it('goes on with the same question, however it is written', async () => {
    const token = await first({ labelSelector: 'x=y,!z' });
    const same = await listOf('devices', { labelSelector: ' !z , x == y', continue: token });
    expect(namesOf(same)).toEqual(['b', 'c']);
  });

  it.each<[string, Record<string, string>]>([
    ['devices', {}],
    ['devices', { labelSelector: 'x!=y' }],
    ['devices', { labelSelector: 'x=y,z' }],
    ['devices', { fieldSelector: 'x=y' }],
    ['fleets', { labelSelector: 'x=y' }],
    ['repositories', { labelSelector: 'x=y' }],
    ['events', {}],
  ])('is refused by %s %j', async (path, query) => {
    const token = await first({ labelSelector: 'x=y' });
    const body = await listOf(path, { ...query, continue: token });
    expect(body).toMatchObject({ code: 400, kind: 'Status' });
  });

  it('is refused in another organisation, and of another fleet', async () => {
    const other = { org: newUid(), actor: 'anybody' };
    const service = scene.app.get(DevicesService);
    for (const name of ['a', 'b']) await device(name, {}, other.org);
    const { metadata } = await service.list(other, { limit: '1' });
    const query = { continue: metadata.continue! };
    expect((await service.list(other, query)).items).toHaveLength(1);
    await expect(service.list({ ...other, org: DEFAULT_ORGANISATION }, query)).rejects.toThrow(
      /continue: is from a list .* of another organisation/,
    );
    for (const name of ['f', 'g']) {
      await call('PUT', `/fleets/${name}`, fleet(name));
      await scene.postgres.query(
        `insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
         select org, gen_random_uuid(), uid, v, 1, '{}', now() from gateway.fleets, unnest(array['v1', 'v2']) v where name = $1`,
        [name],
      );
    }
    const page = await listOf('fleets/f/templateversions', { limit: '1' });
    expect(page.metadata.remainingItemCount).toBe(1);
    const token = { continue: page.metadata.continue };
    expect(namesOf(await listOf('fleets/f/templateversions', token))).toEqual(['v2']);
    expect(await listOf('fleets/g/templateversions', token)).toMatchObject({ code: 400 });
  });
});
