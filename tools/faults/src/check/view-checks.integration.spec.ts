import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { LogScene } from '../../test/log-scene.js';
import { viewChecks, views } from './view-checks.js';

let scene: LogScene;
let device: string;
let fleet: string;
let version: string;
let rollout: string;
let repository: string;

beforeAll(async () => {
  scene = await LogScene.open();
});
afterAll(() => scene?.close());

/** A device that joins a fleet, is selected, rendered and runs it: numbers 1 to 12. */
beforeEach(async () => {
  await scene.clear();
  const git = { repository: 'site', targetRevision: 'main', path: '/' };
  const http = { repository: 'site', suffix: '/{{ .metadata.name }}', filePath: '/f' };
  const template = { spec: { config: [{ gitRef: git }, { httpRef: http }] } };
  const spec = { type: 'http', url: 'http://site' };
  repository = await scene.event('repository.created', {
    ...{ name: 'site', spec, credentials: null },
  });
  fleet = await scene.event('fleet.created', {
    ...{ name: 'f', generation: 1, selector: {}, template, rolloutPolicy: null },
  });
  version = await scene.event('template-version.created', {
    ...{ name: 'v1', fleet, generation: 1, spec: {}, frozen: {} },
  });
  const result = { generation: 1, valid: true, reason: 'Valid', message: '' };
  await scene.event('validation.fleet-validated', result, fleet);
  device = await scene.event('device.created', {
    ...{ name: 'd', labels: { a: '1' }, spec: null, generation: 1 },
  });
  await scene.event('device.labels-updated', { labels: { a: '2' } }, device);
  const matched = { device, owner: fleet, labelsVersion: 2, multipleOwners: [] };
  await scene.event('matching.devices-matched', { members: [matched] });
  const about = { fleet, templateVersion: version };
  rollout = await scene.event('rollout.started', { ...about, strategy: 'BatchSequence' });
  await scene.event('rollout.batch-dispatched', { ...about, batch: 1 }, rollout);
  const selected = { ...about, batch: 1, members: [{ device }] };
  await scene.event('rollout.devices-selected', selected, rollout);
  const rendered = { device, renderedVersion: 1, digest: 'abc', size: 1 };
  const said = { templateVersion: version, members: [rendered] };
  await scene.event('rendering.devices-rendered', said, fleet);
  const status = { renderedVersion: 1, updated: 'UpToDate' };
  await scene.event('device.status-reported', status, device);
  const users = { name: 'site', fleets: [fleet], devices: [] };
  await scene.event('repository-use.users-woken', users, repository);
  const access = { accessible: true, reason: 'Accessible', message: 'm' };
  await scene.event('repository-check.access-checked', access, repository);
});

const checkOf = (table: string) => [viewChecks[views.findIndex((view) => view.table === table)]!];
const findingsIn = async (table: string) => Object.values(await scene.found(checkOf(table))).flat();
const put = (table: string, row: object) =>
  scene.admin.query(`insert into ${table} select * from json_populate_record(null::${table}, $1)`, [
    JSON.stringify({ org: DEFAULT_ORGANISATION, ...row }),
  ]);

it('every view misses what the log has', async () => {
  const found = await scene.found(viewChecks);
  expect(Object.keys(found)).toEqual(viewChecks.map(({ name }) => name));
  expect(
    Object.values(found)
      .flat()
      .filter((what) => !what.endsWith(' is missing')),
  ).toEqual([]);
});

it('no view has anything without a log', async () => {
  await scene.clear();
  expect(await scene.found(viewChecks)).toEqual({});
  const row = { device: newUid(), labels: {}, labels_version: 1, labels_number: 1 };
  const rest = { deleted: false, deleted_number: 0, multiple_owners: [] };
  await put('selector.devices', { ...row, ...rest });
  expect(await findingsIn('selector.devices')).toEqual([`${row.device} is surplus`]);
});

describe('rows that follow from the log', () => {
  const owned = () => ({
    ...{ device, labels: { a: '2' }, labels_version: 2, labels_number: 6 },
    ...{ deleted: false, deleted_number: 0, owner: fleet, matched_labels_version: 2 },
  });

  it.each([
    ['labels', { labels: { a: '1' } }],
    ['labels_number', { labels_number: 5 }],
    ['owner', { owner: null }],
    ['matched_labels_version', { matched_labels_version: 1 }],
    ['deleted', { deleted: true }],
  ])('of the selector, and not with other %s', async (name, change) => {
    await put('selector.devices', { ...owned(), multiple_owners: [] });
    expect(await findingsIn('selector.devices')).toEqual([]);
    await scene.admin.query(`truncate ${'selector.devices'}`);
    await put('selector.devices', { ...owned(), multiple_owners: [], ...change });
    const [found] = await findingsIn('selector.devices');
    expect(found).toContain(`${device}: ${name} is `);
  });

  it.each([
    ['target', { target: null }],
    ['target_batch', { target_batch: 2 }],
    ['reported_version', { reported_version: 0 }],
    ['rendered_number', { rendered_number: 10 }],
  ])('of the rollouts, and not with another %s', async (name, change) => {
    const row = {
      ...{ ...owned(), created: true, owner_number: 7 },
      ...{ target: version, target_rollout: rollout, target_batch: 1, target_labels_version: 2 },
      ...{ rendered_template_version: version, rendered_version: 1, rendered_number: 11 },
      ...{ reported_version: 1, reported_number: 12 },
    };
    const columns = Object.keys({ org: '', ...row }).join(', ');
    const insert = (said: object) =>
      scene.admin.query(
        `insert into rollout.devices (${columns})
         select ${columns} from json_populate_record(null::rollout.devices, $1)`,
        [JSON.stringify({ org: DEFAULT_ORGANISATION, ...said })],
      );
    await insert(row);
    expect(await findingsIn('rollout.devices')).toEqual([]);
    await scene.admin.query(`truncate ${'rollout.devices'}`);
    await insert({ ...row, ...change });
    expect((await findingsIn('rollout.devices'))[0]).toContain(`${device}: ${name} is `);
  });

  it('of who refers to what, and not to something else', async () => {
    const row = { repository: 'site', kind: 'fleet', uid: fleet };
    await put('repo.referrers', { ...row, reference: 'git main' });
    await put('repo.referrers', { ...row, reference: 'repository' });
    expect(await findingsIn('repo.referrers')).toEqual([]);
    await scene.admin.query(
      `update repo.referrers set reference = 'git dev' where reference = 'git main'`,
    );
    expect((await findingsIn('repo.referrers')).sort()).toEqual([
      `fleet ${fleet} of git dev in site is surplus`,
      `fleet ${fleet} of git main in site is missing`,
    ]);
  });

  it.each([
    ['accessible', { accessible: false }],
    ['access_reason', { access_reason: 'Denied' }],
    ['spec', { spec: { type: 'git', url: 'http://site' } }],
    ['described_number', { described_number: 0 }],
  ])('of repositories, and not with another %s', async (name, change) => {
    const spec = { type: 'http', url: 'http://site' };
    const row = {
      ...{ repository, name: 'site', spec, spec_number: 1, described_number: 1, woken_number: 1 },
      ...{ deleted: false, deleted_number: 0 },
      ...{ accessible: true, access_reason: 'Accessible', access_message: 'm' },
    };
    await put('repo.repositories', row);
    expect(await findingsIn('repo.repositories')).toEqual([]);
    await scene.admin.query(`truncate ${'repo.repositories'}`);
    await put('repo.repositories', { ...row, ...change });
    expect((await findingsIn('repo.repositories'))[0]).toContain(`${repository}: ${name} is `);
  });

  it('of template versions, and not with another generation', async () => {
    const row = { template_version: version, fleet, name: 'v1', content_digest: '' };
    const rest = { created_at: new Date().toISOString() };
    await put('validation.template_versions', { ...row, ...rest, generation: 1 });
    expect(await findingsIn('validation.template_versions')).toEqual([]);
    await scene.admin.query('update validation.template_versions set generation = 2');
    expect(await findingsIn('validation.template_versions')).toEqual([
      `${version}: generation is 2, not 1`,
    ]);
  });

  it('of names, also of what is deleted, and not with another name', async () => {
    await scene.event('device.deleted', { name: 'd' }, device);
    await put('gateway.names', { uid: device, kind: 'Device', name: 'e' });
    await put('gateway.names', { uid: fleet, kind: 'Fleet', name: 'f' });
    await put('gateway.names', { uid: version, kind: 'TemplateVersion', name: 'v1' });
    const found = await findingsIn('gateway.names');
    expect(found).toHaveLength(2);
    expect(found).toContain(`${device}: name is e, not d`);
  });

  it('as long as nobody gave up what the row must follow', async () => {
    await put('selector.devices', {
      ...owned(),
      labels_number: 5,
      labels: { a: '1' },
      multiple_owners: [],
      labels_version: 1,
    });
    expect(await findingsIn('selector.devices')).not.toEqual([]);
    await scene.admin.query(
      `insert into selector.dead_letters (number, attempts, reason) values (6, 1, 'broken')`,
    );
    expect(await findingsIn('selector.devices')).toEqual([]);
  });

  it('as far as the gateway shows what lives', async () => {
    const found = () => scene.found(checkOf('gateway.devices'));
    expect(Object.values(await found()).flat()).toEqual(['d is missing']);
    await scene.event('device.deleted', { name: 'd' }, device);
    expect(await found()).toEqual({});
  });
});
