import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { ListScene } from '../test/list-scene.js';
import { fleet, repository } from '../test/manifests.js';

const scene = new ListScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, device, listOf, names } = scene;

const VERSION = `
insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
select org, $2, uid, $3, $4, '{}', $5 from gateway.fleets where name = $1`;

async function manyThings(): Promise<void> {
  const os = { image: 'quay.io/edge/os:9.4' };
  await call('PUT', '/fleets/f', fleet('f', { template: { spec: { os } } }));
  await call('PUT', '/fleets/g', fleet('g'));
  await call('PUT', '/fleets/h', { ...fleet('h'), metadata: { name: 'h', labels: { site: 'x' } } });
  const labelled = { ...repository('r'), metadata: { name: 'r', labels: { team: 'blue' } } };
  await call('PUT', '/repositories/r', labelled);
  await call(
    'PUT',
    '/repositories/s',
    repository('s', { type: 'http', url: 'http://a.example/?q=1,2' }),
  );
  await scene.postgres.query(VERSION, ['f', newUid(), 'v1', 1, '2026-01-01T00:00:00Z']);
  await scene.postgres.query(VERSION, ['f', newUid(), 'v2', 2, '2026-02-01T00:00:00Z']);
  await scene.postgres.query(VERSION, ['g', newUid(), 'v3', 1, '2026-02-01T00:00:00Z']);
  const owner = await scene.uidOf('fleets', 'f');
  await device('a', { labels: { site: 'lyon', tier: 'edge' }, owner });
  await device('b', {
    labels: { site: 'nice', tier: '' },
    createdAt: '2026-03-01T00:00:00.123456Z',
    generation: 10,
    lastSeen: '2026-05-01T12:00:00Z',
    status: {
      summary: { status: 'Online' },
      applicationsSummary: { status: 'Degraded' },
      lifecycle: { status: 'Enrolled' },
    },
  });
  await device('c', {
    labels: { site: 'lyon' },
    generation: 9,
    status: { summary: { status: 'Error' } },
  });
  await device('d');
  await device('z', { labels: { site: 'lyon' } }, newUid());
}

beforeAll(async () => {
  await scene.open();
  await manyThings();
});
afterAll(() => scene.close());

describe('selected by labels', () => {
  it.each([
    ['', 'abcd'],
    ['site', 'abc'],
    ['!site', 'd'],
    ['site=lyon', 'ac'],
    ['site==lyon,tier', 'a'],
    ['site!=lyon', 'bd'],
    ['site in (lyon, nice)', 'abc'],
    ['site in (paris)', ''],
    ['site notin (lyon)', 'bd'],
    ['tier=', 'b'],
    ['(site,tier)=(lyon,edge)', 'a'],
    ['(site,tier)!=(lyon,edge)', 'bcd'],
    ['(site,tier) in ((lyon,edge),(nice,))', 'ab'],
    ['(site,tier) in ((lyon,))', ''],
    ['(site,tier) notin ((lyon,edge),(nice,))', 'cd'],
    ['site=lyon,site=nice', ''],
    ['!tier,site', 'c'],
  ])('devices %s', async (labelSelector, found) => {
    expect((await names('devices', { labelSelector })).join('')).toBe(found);
  });

  it.each([
    ['fleets', 'site=x', ['h']],
    ['fleets', '!site', ['f', 'g']],
    ['repositories', 'team in (blue)', ['r']],
    ['repositories', '(team,x)!=(blue,y)', ['r', 's']],
    ['fleets/f/templateversions', 'a=b', []],
    ['fleets/f/templateversions', '!a', ['v1', 'v2']],
  ])('%s %s', async (path, labelSelector, found) => {
    expect(await names(path, { labelSelector })).toEqual(found);
  });
});

describe('selected by fields', () => {
  it.each([
    ['metadata.name=a', 'a'],
    ['metadata.name in (a,c,x)', 'ac'],
    ['metadata.name notin (a,c)', 'bd'],
    ['metadata.name>a,metadata.name<=c', 'bc'],
    ['metadata.name>=c', 'cd'],
    ['metadata.owner=Fleet/f', 'a'],
    ['metadata.owner=f', ''],
    ['metadata.owner!=Fleet/f', 'bcd'],
    ['metadata.owner', 'a'],
    ['!metadata.owner', 'bcd'],
    ['metadata.owner contains eet/', 'a'],
    ['metadata.owner notcontains eet/', 'bcd'],
    ['metadata.owner>Fleet/e', 'a'],
    ['metadata.creationTimestamp=2026-03-01T00:00:00.123Z', 'b'],
    ['metadata.creationTimestamp=2026-03-01T02:00:00.123+02:00', 'b'],
    ['metadata.creationTimestamp!=2026-03-01T00:00:00.123Z', 'acd'],
    ['metadata.creationTimestamp>2026-01-31T23:59:59Z', 'b'],
    ['metadata.creationTimestamp<=2026-01-01T00:00:00Z', 'acd'],
    ['metadata.generation>9', 'b'],
    ['metadata.generation>=9', 'bc'],
    ['metadata.generation<9.5', 'acd'],
    ['metadata.generation in (9,10.0)', 'bc'],
    ['status.summary.status=Online', 'b'],
    ['status.summary.status=Unknown', 'ad'],
    ['status.summary.status contains rro', 'c'],
    ["status.summary.status=Error'\\ or\\ 1=1\\ --", ''],
    ['status.updated.status=Updating', 'bc'],
    ['status.updated.status!=Updating', 'ad'],
    ['status.lifecycle.status=Enrolled', 'b'],
    ['status.applicationsSummary.status=Degraded', 'b'],
    ['status.lastSeen', 'bc'],
    ['!status.lastSeen', 'ad'],
    ['status.lastSeen>2026-04-01T00:00:00Z', 'b'],
    ['status.lastSeen!=2026-05-01T12:00:00Z', 'acd'],
  ])('devices %s', async (fieldSelector, found) => {
    expect((await names('devices', { fieldSelector })).join('')).toBe(found);
  });

  it.each([
    ['fleets', 'spec.template.spec.os.image=quay.io/edge/os:9.4', ['f']],
    ['fleets', '!spec.template.spec.os.image,metadata.name!=g', ['h']],
    ['fleets', 'metadata.creationTimestamp>2026-01-01T00:00:00Z', ['f', 'g', 'h']],
    ['repositories', 'spec.type=http', ['s']],
    ['repositories', 'spec.url=http://a.example/?q=1\\,2', ['s']],
    ['repositories', 'spec.url notcontains a.example', ['r']],
    ['repositories', 'metadata.generation=1', ['r', 's']],
    ['fleets/f/templateversions', 'metadata.creationTimestamp>=2026-02-01T00:00:00Z', ['v2']],
    ['fleets/f/templateversions', 'spec.fleet=f', ['v1', 'v2']],
    ['fleets/f/templateversions', 'spec.fleet=g', []],
    ['fleets/f/templateversions', 'metadata.generation<2', ['v1']],
  ])('%s %s', async (path, fieldSelector, found) => {
    expect(await names(path, { fieldSelector })).toEqual(found);
  });

  it('and by labels at once', async () => {
    const query = { labelSelector: 'site=lyon', fieldSelector: 'metadata.generation>1' };
    expect(await names('devices', query)).toEqual(['c']);
  });
});

describe('refused', () => {
  it.each([
    [
      'devices',
      { fieldSelector: 'spec.os=a' },
      /spec\.os; there are metadata\.name, .*status\.lastSeen/,
    ],
    [
      'fleets',
      { fieldSelector: 'metadata.owner=a' },
      /cannot select by metadata\.owner; there are/,
    ],
    ['repositories', { fieldSelector: 'toString=a' }, /cannot select by toString/],
    [
      'devices',
      { fieldSelector: 'metadata.generation=a' },
      /metadata\.generation: "a" is not a number, such as 3/,
    ],
    ['devices', { fieldSelector: 'metadata.generation=NaN' }, /not a number/],
    [
      'devices',
      { fieldSelector: 'status.lastSeen>yesterday' },
      /status\.lastSeen: "yesterday" is not a time, such as/,
    ],
    ['devices', { fieldSelector: 'status.lastSeen>2026-02-31T00:00:00Z' }, /not a time/],
    ['devices', { fieldSelector: 'status.lastSeen>2026-01-01T25:00:00Z' }, /not a time/],
    ['devices', { fieldSelector: 'status.lastSeen=infinity' }, /not a time/],
    [
      'devices',
      { fieldSelector: 'status.lastSeen contains 2026' },
      /contains is for texts .* a time; use =/,
    ],
    ['devices', { fieldSelector: 'metadata.generation notcontains 1' }, /notcontains is for texts/],
    ['devices', { labelSelector: 'a b' }, /labelSelector: at character 3, "b": .*write key/],
    ['devices', { labelSelector: "a=' or 1=1" }, /labelSelector: at character 5/],
    ['devices', { labelSelector: "a'=b" }, /label key "a'"/],
    ['devices', { labelSelector: 'a="b"' }, /label value/],
    ['fleets', { summaryOnly: 'true' }, /summaryOnly: is no parameter here/],
    ['devices', { summaryOnly: 'yes' }, /summaryOnly: must be true or false/],
    ['fleets', { addDevicesSummary: 'yes' }, /addDevicesSummary: must be true or false/],
    ['devices', { summaryOnly: 'true', limit: '1' }, /limit: a summary has no pages/],
    ['devices', { limit: '1001' }, /limit: must be/],
  ])('%s %j', async (path, query, message) => {
    const body = await listOf(path, query);
    expect(body).toMatchObject({ kind: 'Status', code: 400 });
    expect(body.message).toMatch(message);
  });

  it('a selector that comes twice', async () => {
    const { code, body } = await call('GET', '/devices?labelSelector=a&labelSelector=b');
    expect(code).toBe(400);
    expect(body.message).toMatch(/labelSelector: is given more than once/);
  });
});

describe('summaryOnly', () => {
  it('counts what is selected, by statuses', async () => {
    const all = await listOf('devices', { summaryOnly: 'true' });
    expect(all).toMatchObject({ kind: 'DeviceList', metadata: {}, items: [] });
    expect(all.summary).toEqual({
      total: 4,
      applicationStatus: { Unknown: 3, Degraded: 1 },
      summaryStatus: { Unknown: 2, Online: 1, Error: 1 },
      updateStatus: { Unknown: 2, Updating: 2 },
    });
    const owned = { summaryOnly: 'true', fieldSelector: 'metadata.owner=Fleet/f' };
    expect((await listOf('devices', owned)).summary).toMatchObject({ total: 1 });
    const lyon = { summaryOnly: 'true', labelSelector: 'site=lyon' };
    expect((await listOf('devices', lyon)).summary).toMatchObject({ total: 2 });
    const [first] = (await listOf('devices', { summaryOnly: 'false', limit: '1' })).items;
    expect(first.metadata.name).toBe('a');
  });
});
