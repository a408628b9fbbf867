import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '@skein/api';
import { DEFAULT_ORGANISATION as own, groups, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';
import { Tokens } from '../test/tokens.js';
import { DeviceMethods } from './grpc/devices.methods.js';
import { NEED } from './rights/needs.js';

const other = newUid();
const folder = mkdtempSync(join(tmpdir(), 'skein-grpc-rights-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: own, displayName: 'Own' },
  { id: other, displayName: 'Other' },
]);
const holders = ['admin', 'operator', 'viewer', 'installer', 'device', 'system'] as const;
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

const readers = ['admin', 'operator', 'viewer', 'system'];
const writers = ['admin', 'operator', 'system'];
const installers = [...writers, 'installer'];
const devices = ['admin', 'device', 'system'];

const ofKind = (kind: string, plural: string) => ({
  [`${kind}Service/Get${kind}`]: readers,
  [`${kind}Service/List${plural}`]: readers,
  [`${kind}Service/Watch${plural}`]: readers,
  [`${kind}Service/Create${kind}`]: writers,
  [`${kind}Service/Replace${kind}`]: writers,
  [`${kind}Service/Update${kind}`]: writers,
  [`${kind}Service/Delete${kind}`]: writers,
});

/** Who may. Written out: it is the promise, not what the code says. */
const may: Readonly<Record<string, readonly string[]>> = {
  ...ofKind('Device', 'Devices'),
  ...ofKind('Fleet', 'Fleets'),
  ...ofKind('Repository', 'Repositories'),
  'DeviceService/GetDevice': [...readers, 'installer'],
  'DeviceService/ListDevices': [...readers, 'installer'],
  'DeviceService/WatchDevices': [...readers, 'installer'],
  'DeviceService/CreateDevice': [...writers, 'installer'],
  'DeviceService/GetDeviceStatus': [...readers, 'device'],
  'DeviceService/ReportDeviceStatus': devices,
  'DeviceService/GetRenderedDevice': devices,
  'DeviceService/ListDeviceTokens': installers,
  'DeviceService/IssueDeviceToken': installers,
  'DeviceService/RevokeDeviceToken': installers,
  'RepositoryService/SetRepositoryWebhook': writers,
  'RepositoryService/RemoveRepositoryWebhook': writers,
  'TemplateVersionService/GetTemplateVersion': readers,
  'TemplateVersionService/ListTemplateVersions': readers,
  'TemplateVersionService/WatchTemplateVersions': readers,
  'EventService/ListEvents': readers,
  'EventService/WatchEvents': readers,
  'AboutService/ListLabels': readers,
  'RolloutService/GetRollout': readers,
  'RolloutService/ListRollouts': readers,
  'RolloutService/ListRolloutDevices': readers,
  'RolloutService/StartRollout': writers,
  'RolloutService/PauseRollout': writers,
  'RolloutService/ResumeRollout': writers,
  'RolloutService/ApproveRollout': writers,
  'RolloutService/AbortRollout': writers,
  'RolloutService/RetryRollout': writers,
  'RolloutService/DryRunRollout': readers,
  'RolloutService/GetDispatching': readers,
  'RolloutService/SetDispatching': writers,
};
const forAnyIdentity = ['AboutService/ListOrganizations'];
const open = ['AboutService/GetVersion'];

const methods = services.flatMap(({ name, methods }) =>
  methods.map((one) => `${name}/${one.name}`),
);
const ofTheSystem = methods.filter((method) => method.startsWith('SystemService/'));

/** About the device that there is where it is about itself, else about nobody. */
const requestOf = (method: string) => {
  if (method.endsWith('DeviceTokens')) return { device: 'nobody' };
  // Refused for its position, or else there would be no end to it.
  if (method.includes('/Watch')) return { resourceVersion: 'x' };
  const itself = /GetDeviceStatus|ReportDeviceStatus|GetRenderedDevice/.test(method);
  const kind = method.endsWith('ListLabels') ? { kind: 'Device' } : {};
  return { name: itself ? 'mine' : 'nobody', ...kind };
};

async function ask(method: string, holder: string | undefined, org?: string): Promise<string> {
  const metadata = { ...(holder && tokens.of(holder)), ...(org && { 'org-id': org }) };
  return (await door.rpc(method, requestOf(method), { metadata })).code;
}

async function letIn(method: string, org?: string): Promise<string[]> {
  const found: string[] = [];
  for (const holder of holders) {
    const code = await ask(method, holder, org);
    expect([method, holder, code]).not.toContain('INTERNAL');
    if (code !== 'UNAUTHENTICATED' && code !== 'PERMISSION_DENIED') found.push(holder);
  }
  return found.sort();
}

const sorted = (some: readonly string[]) => [...some].sort();

beforeAll(async () => {
  for (const role of ['admin', 'operator', 'viewer', 'installer']) {
    tokens.give(role, { role, organization: own });
  }
  tokens.give('system', { role: 'admin', organization: '*' }).write();
  const settings = {
    SKEIN_AUTHENTICATION: 'tokens',
    SKEIN_ACCESS_FILE: tokens.file,
    SKEIN_LONG_POLL_MS: '1',
    // One device asks for every method here, within seconds.
    SKEIN_RATE_OF_DEVICES: '0',
  };
  await door.openWith(settings, ...groups.filter((group) => group !== 'gateway'));
  const metadata = tokens.of('admin');
  const request = { device: device('mine') };
  const made = await door.rpc('DeviceService/CreateDevice', request, { metadata });
  expect(made.code).toBe('OK');
  const [row] = await door.postgres.query<{ uid: string }>('select uid from gateway.devices');
  tokens.give('device', { role: 'device', organization: own, device: row!.uid }).write();
  await waitFor(async () => (await ask('AboutService/ListOrganizations', 'device')) === 'OK');
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

describe('the rights to methods', () => {
  it('are said for each method that there is', () => {
    const said = [...Object.keys(may), ...ofTheSystem, ...forAnyIdentity, ...open];
    expect(sorted(said)).toEqual(sorted(methods));
  });

  it('let nobody in without a token, or with one of nobody', async () => {
    for (const method of methods.filter((one) => !open.includes(one))) {
      expect([method, await ask(method, undefined)]).toEqual([method, 'UNAUTHENTICATED']);
      expect([method, await ask(method, 'nobody')]).toEqual([method, 'UNAUTHENTICATED']);
    }
    expect(await ask(open[0]!, undefined)).toBe('OK');
  });

  it.each(Object.entries(may))(
    '%s: only who may, and in no other organisation',
    async (method, who) => {
      expect(await letIn(method)).toEqual(sorted(who));
      expect(await letIn(method, own)).toEqual(sorted(who));
      expect(await letIn(method, other)).toEqual(['system']);
      expect(await letIn(method, newUid())).toEqual([]);
    },
  );

  it('of the system are for administrators of all organisations', async () => {
    for (const method of ofTheSystem) expect(await letIn(method)).toEqual(['system']);
  });

  it('let in whoever is known where no right is needed', async () => {
    for (const method of forAnyIdentity) expect(await letIn(method)).toEqual(sorted(holders));
  });

  it('refuse a method that says nothing of rights, whoever asks', async () => {
    const handler = DeviceMethods.prototype.report;
    const need: unknown = Reflect.getMetadata(NEED, handler);
    expect(need).toMatchObject({ kind: 'right', resource: 'devices/status' });
    Reflect.deleteMetadata(NEED, handler);
    try {
      expect(await letIn('DeviceService/ReportDeviceStatus')).toEqual([]);
    } finally {
      Reflect.defineMetadata(NEED, need, handler);
    }
  });

  it('name the actor of what was done, and the organisation that was asked for', async () => {
    const metadata = { ...tokens.of('system'), 'org-id': other };
    await door.appended();
    await door.rpc('DeviceService/CreateDevice', { device: device('theirs') }, { metadata });
    expect(await door.appended()).toMatchObject([{ actor: 'system', org: other }]);
    const wrong = { ...tokens.of('system'), 'org-id': 'x' };
    expect((await door.rpc('DeviceService/ListDevices', {}, { metadata: wrong })).code).toBe(
      'INVALID_ARGUMENT',
    );
  });
});
