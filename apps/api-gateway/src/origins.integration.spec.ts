import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { catalogue, speakers } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { device, fleet, repository } from '../test/manifests.js';
import { RolloutScene } from '../test/rollout-scene.js';

const scene = new RolloutScene({ migratedDatabase, jsonClient, environment: process.env });

beforeAll(async () => {
  await scene.open();
  await scene.renew();
});
afterAll(() => scene.close());

/** What the gateway says by itself, of no request. */
const ofItself = [
  'skein.connection.devices-changed.v1',
  'skein.gateway-task.permanently-failed.v1',
  'skein.gateway-task.handled-late.v1',
];

const labels = { metadata: { labels: { site: 'oslo' } } };
const secret = 'a secret of the webhook of r';
const push = '{"ref":"refs/heads/main"}';
const signature = `sha256=${createHmac('sha256', secret).update(push).digest('hex')}`;

type Request = readonly [method: string, path: string, body?: object | string];

/** One request after the other. `:last` is what the answer before is called. */
const requests: readonly Request[] = [
  ['POST', '/devices', device('d')],
  ['PUT', '/devices/d', device('d', labels)],
  ['PUT', '/devices/d', device('d', { ...labels, spec: { os: { image: 'example.com/os:1' } } })],
  ['PUT', '/devices/d/status', { ...device('d'), status: { summary: { status: 'Online' } } }],
  [
    'PATCH',
    '/devices/d/status',
    [{ op: 'add', path: '/status/updated/status', value: 'Updating' }],
  ],
  ['POST', '/devices/d/tokens'],
  ['DELETE', '/devices/d/tokens/:last'],
  ['DELETE', '/devices/d'],
  ['POST', '/fleets', fleet('g')],
  ['PUT', '/fleets/g', fleet('g', { selector: { matchLabels: { site: 'oslo' } } })],
  ['PUT', '/fleets/g', fleet('g', { template: { spec: { os: { image: 'example.com/os:2' } } } })],
  ['PUT', '/fleets/g', fleet('g', { rolloutPolicy: { defaultUpdateTimeout: '10m' } })],
  ['PATCH', '/fleets/g', [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]],
  ['DELETE', '/fleets/g'],
  ['POST', '/fleets/f/rollouts', {}],
  ['POST', '/rollouts/:rollout/pause', {}],
  ['PUT', '/dispatching', { frozen: true }],
  ['POST', '/repositories', repository('r')],
  ['PATCH', '/repositories/r', [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]],
  ['PUT', '/repositories/r', repository('r', { url: 'https://example.com/other.git' })],
  ['PUT', '/repositories/r/webhook', { secret }],
  ['POST', '/repositories/r/webhook', push],
  ['DELETE', '/repositories/r'],
];

/** Sends it, and resolves with what the answer is called. */
async function send([method, path, body]: Request, requestid: string): Promise<string> {
  const patches = method === 'PATCH' && { 'content-type': 'application/json-patch+json' };
  const signed = typeof body === 'string' && { 'x-hub-signature-256': signature };
  // No proxy is trusted here.
  const invented = { 'x-forwarded-for': '203.0.113.9' };
  const headers = { 'x-request-id': requestid, ...invented, ...patches, ...signed };
  const answer = await scene.door.call(method, path, body, headers);
  if (answer.code >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return String(answer.body?.metadata?.name);
}

it('every event names who caused it, from where, and by which request', async () => {
  const rollout = await scene.rollout();
  let last = '';
  for (const [index, [method, template, body]] of requests.entries()) {
    const path = template.replace(':rollout', rollout).replace(':last', last);
    const requestid = `request-${index}`;
    last = await send([method, path, body], requestid);
    const actor = path.endsWith('webhook') && method === 'POST' ? 'webhook' : 'anonymous';
    const events = await scene.door.appended();
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event).toMatchObject({ actor, sourceaddress: '127.0.0.1', requestid });
    }
  }
});

it('there is no type of event that no request here has made', async () => {
  const rows = await scene.door.postgres.query<{ name: string }>(
    'select distinct t.name from log.events e join log.types t on t.id = e.type',
  );
  const known = [...catalogue.values()]
    .filter(({ kind }) => speakers[kind] === 'gateway')
    .map(({ type }) => type);
  const said = [...rows.map(({ name }) => name), ...ofItself];
  expect(known.filter((type) => !said.includes(type))).toEqual([]);
});
