import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { ListScene } from '../test/list-scene.js';

const scene = new ListScene({ migratedDatabase, jsonClient, environment: process.env });
const labels = async (query: string) => {
  const { code, body } = await scene.call('GET', `/labels?${query}`);
  return code === 200 ? body : { code, message: body.message };
};
const selected = (selector: string) =>
  labels(`kind=Device&labelSelector=${encodeURIComponent(selector)}`);

beforeAll(async () => {
  await scene.open();
  await scene.device('a', { labels: { site: 'lyon', tier: 'edge' } });
  await scene.device('b', { labels: { site: 'nice', tier: 'edge' } });
  await scene.device('c', { labels: { site: 'lyon', 'A.b/c': '' } });
  await scene.device('d');
  await scene.device('z', { labels: { site: 'of another organisation' } }, newUid());
});
afterAll(() => scene.close());

it('are each label once, in the order of their bytes, of this organisation', async () => {
  expect(await labels('kind=Device')).toEqual(['A.b/c=', 'site=lyon', 'site=nice', 'tier=edge']);
});

it('are those of the devices that are selected', async () => {
  expect(await selected('site=nice')).toEqual(['site=nice', 'tier=edge']);
  expect(await selected('!site')).toEqual([]);
  const field = encodeURIComponent('metadata.name in (c, d)');
  expect(await labels(`kind=Device&fieldSelector=${field}`)).toEqual(['A.b/c=', 'site=lyon']);
});

it('are at most as many as are asked for', async () => {
  expect(await labels('kind=Device&limit=2')).toEqual(['A.b/c=', 'site=lyon']);
});

it.each([
  ['', 'kind: must be Device'],
  ['kind=Fleet', 'kind: must be Device'],
  ['kind=Device&limit=1001', 'limit: must be a whole number'],
  ['kind=Device&continue=x', 'continue: is no parameter here'],
  ['kind=Device&labelSelector=%3D', 'labelSelector'],
  ['kind=Device&fieldSelector=nothing', 'fieldSelector'],
])('are refused with %j', async (query, message) => {
  const answer = await labels(query);
  expect(answer).toMatchObject({ code: 400, message: expect.stringContaining(message) });
});
