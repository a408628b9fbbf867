import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as own, groups, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { Tokens } from '../test/tokens.js';

const other = newUid();
const folder = mkdtempSync(join(tmpdir(), 'skein-rights-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: own, displayName: 'Own' },
  { id: other, displayName: 'Other' },
]);

/** Those with a role in their own organisation; `system` is an administrator of all. */
const holders = ['admin', 'operator', 'viewer', 'installer', 'device', 'system'] as const;
type Holder = (typeof holders)[number];

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

const all: readonly Holder[] = holders;
const readers: readonly Holder[] = ['admin', 'operator', 'viewer', 'system'];
const writers: readonly Holder[] = ['admin', 'operator', 'system'];
const devices: readonly Holder[] = ['admin', 'device', 'system'];
const installers = (holder: readonly Holder[]): readonly Holder[] => [...holder, 'installer'];

/** Who may, besides those that are in no organisation's hands. Written out: it is the promise, not what the code says. */
const mayIn: Readonly<Record<string, readonly Holder[]>> = {
  'GET /api/v1/devices': installers(readers),
  'POST /api/v1/devices': installers(writers),
  'GET /api/v1/devices/:name': installers(readers),
  'PUT /api/v1/devices/:name': writers,
  'PATCH /api/v1/devices/:name': writers,
  'DELETE /api/v1/devices/:name': writers,
  'GET /api/v1/devices/:name/rendered': devices,
  'GET /api/v1/devices/:name/status': [...readers, 'device'],
  'PUT /api/v1/devices/:name/status': devices,
  'PATCH /api/v1/devices/:name/status': devices,
  'GET /api/v1/devices/:name/lastseen': readers,
  'GET /api/v1/devices/:name/tokens': installers(writers),
  'POST /api/v1/devices/:name/tokens': installers(writers),
  'DELETE /api/v1/devices/:name/tokens/:id': installers(writers),
  'GET /api/v1/fleets': readers,
  'POST /api/v1/fleets': writers,
  'GET /api/v1/fleets/:name': readers,
  'PUT /api/v1/fleets/:name': writers,
  'PATCH /api/v1/fleets/:name': writers,
  'DELETE /api/v1/fleets/:name': writers,
  'GET /api/v1/fleets/:name/status': readers,
  'PUT /api/v1/fleets/:name/status': ['admin', 'system'],
  'PATCH /api/v1/fleets/:name/status': ['admin', 'system'],
  'GET /api/v1/fleets/:name/rollouts': readers,
  'POST /api/v1/fleets/:name/rollouts': writers,
  'POST /api/v1/fleets/:name/rollouts/dry-run': readers,
  'GET /api/v1/fleets/:fleet/templateversions': readers,
  'GET /api/v1/fleets/:fleet/templateversions/:name': readers,
  'GET /api/v1/rollouts': readers,
  'GET /api/v1/rollouts/:uid': readers,
  'GET /api/v1/rollouts/:uid/devices': readers,
  'POST /api/v1/rollouts/:uid/:action': writers,
  'GET /api/v1/dispatching': readers,
  'PUT /api/v1/dispatching': writers,
  'GET /api/v1/repositories': readers,
  'POST /api/v1/repositories': writers,
  'GET /api/v1/repositories/:name': readers,
  'PUT /api/v1/repositories/:name': writers,
  'PATCH /api/v1/repositories/:name': writers,
  'DELETE /api/v1/repositories/:name': writers,
  'PUT /api/v1/repositories/:name/webhook': writers,
  'DELETE /api/v1/repositories/:name/webhook': writers,
  'GET /api/v1/events': readers,
  'GET /api/v1/labels': readers,
};

/** What belongs to no organisation: for administrators of all. */
const ofTheSystem = [
  'GET /api/v1/system/streams',
  'GET /api/v1/system/kv',
  ...['dead-letters', 'parked'].flatMap((what) => [
    `GET /api/v1/system/${what}`,
    `GET /api/v1/system/${what}/:service/:number`,
    `POST /api/v1/system/${what}/retry`,
    `POST /api/v1/system/${what}/:service/:number/retry`,
    `DELETE /api/v1/system/${what}`,
    `DELETE /api/v1/system/${what}/:service/:number`,
  ]),
];

/** For whoever says who they are, in whatever organisation. */
const forAnyIdentity = [
  'GET /api/v1/organizations',
  'GET /api/v1/auth/validate',
  'GET /api/v1/auth/permissions',
  'GET /api/v1/auth/userinfo',
];

/** For everybody. A delivery of a webhook has a proof of its own. */
const open = [
  ...['GET /api/v1/version', 'GET /api/v1/auth/config'],
  'POST /api/v1/repositories/:name/webhook',
  ...['GET /health/live', 'GET /health/ready'],
];

const isDocumentation = (route: string) => /^(GET|HEAD) \/docs/.test(route);
/** As GET, which it is but for the body. */
const isHead = (route: string) => route.startsWith('HEAD ');

function declared(): Set<string> {
  return new Set([...Object.keys(mayIn), ...ofTheSystem, ...forAnyIdentity, ...open]);
}

/** Those that a client of this kind can send. */
const routes = () =>
  [...door.routes].filter((route) => !isDocumentation(route) && !route.startsWith('TRACE '));
/** What Skein does not have: it says so to whoever is known. */
const unbuilt = () => routes().filter((route) => !isHead(route) && !declared().has(route));

/** The path with names in it: of the device that there is where it is about itself, else of nobody. */
function pathOf(route: string): [method: string, path: string] {
  const [method, path] = route.split(' ') as [string, string];
  const itself = /^\/api\/v1\/devices\/:name\/(rendered|status)$/.test(path);
  const filled = path
    .replace(':name', itself ? 'mine' : 'nobody')
    .replace(':action', 'retry')
    .replaceAll(/:\w+/g, 'nobody');
  return [method, filled];
}

async function ask(route: string, holder: string | undefined, org?: string) {
  const [method, path] = pathOf(route);
  const query = path.endsWith('/labels') ? '?kind=Device' : '?';
  const url = `${path}${query}${org ? `&org_id=${org}` : ''}`;
  const patch = method === 'PATCH' && { 'content-type': 'application/merge-patch+json' };
  const headers = { ...(holder && tokens.of(holder)), ...patch };
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: {} };
  const { code } = await door.client(method, url, { headers, ...body });
  return code;
}

/** Everybody's answers to a route, as 401, 403, 501 or `in`. */
async function answers(route: string, org?: string) {
  const codes = await Promise.all(
    holders.map(async (holder) => [holder, await ask(route, holder, org)] as const),
  );
  expect(codes.filter(([, code]) => code === 500)).toEqual([]);
  return codes.filter(([, code]) => code !== 401 && code !== 403).map(([holder]) => holder);
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
    // One device asks for every route here, within seconds.
    SKEIN_RATE_OF_DEVICES: '0',
  };
  await door.openWith(settings, ...groups.filter((group) => group !== 'gateway'));
  const device = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name: 'mine' } };
  const made = await door.call('POST', '/devices', device, tokens.of('admin'));
  const { uid } = (
    await door.postgres.query<{ uid: string }>('select uid from gateway.devices')
  )[0]!;
  expect(made.code).toBe(201);
  tokens.give('device', { role: 'device', organization: own, device: uid }).write();
  await waitFor(async () => (await ask('GET /api/v1/organizations', 'device')) === 200);
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

describe('the table of routes', () => {
  it('has a row for each route, and no route is missing', () => {
    const [first] = unbuilt();
    expect(first).toBeDefined();
    expect(sorted([...declared()].filter((route) => !door.routes.has(route)))).toEqual([]);
  });

  it('shows what is for everybody to everybody', async () => {
    for (const route of open) {
      const [code, anonymous] = [await ask(route, 'viewer', other), await ask(route, undefined)];
      expect([route, code, anonymous]).not.toContain(403);
      // The delivery of a webhook without a signature.
      if (!route.endsWith('/webhook')) expect([route, anonymous]).not.toContain(401);
    }
  });

  it('lets nobody in without a token, or with one of nobody', async () => {
    const closed = routes().filter((route) => !open.includes(route.replace('HEAD ', 'GET ')));
    for (const route of closed) {
      expect([route, await ask(route, undefined)]).toEqual([route, 401]);
      expect([route, await ask(route, 'nobody')]).toEqual([route, 401]);
    }
  });

  it.each(Object.entries(mayIn))('%s: only who may', async (route, may) => {
    expect(sorted(await answers(route))).toEqual(sorted(may));
    expect(sorted(await answers(route, own))).toEqual(sorted(may));
  });

  it.each(Object.keys(mayIn))('%s: not in another organisation', async (route) => {
    expect(await answers(route, other)).toEqual(['system']);
    expect(await answers(route, newUid())).toEqual([]);
  });

  it.each(ofTheSystem)('%s: only for administrators of all organisations', async (route) => {
    expect(await answers(route)).toEqual(['system']);
    expect(await answers(route, own)).toEqual(['system']);
  });

  it.each(forAnyIdentity)('%s: for whoever is known', async (route) => {
    expect(sorted(await answers(route, other))).toEqual(sorted(all));
  });

  it('says what is not built to whoever is known, and does nothing', async () => {
    for (const route of unbuilt()) {
      expect([route, await ask(route, 'viewer', other)]).toEqual([route, 501]);
    }
  });

  it('is the same for HEAD as for GET', async () => {
    for (const route of routes().filter(isHead)) {
      const read = route.replace('HEAD ', 'GET ');
      expect([route, sorted(await answers(route, own))]).toEqual([
        route,
        sorted(await answers(read, own)),
      ]);
    }
  });
});
