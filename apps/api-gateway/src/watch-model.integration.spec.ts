import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_ORGANISATION as org, devicesMatched } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { startService } from '@skein/service';
import { jsonClient, waitFor } from '@skein/testing';
import { fleet, repository } from '../test/manifests.js';
import { Dice } from '../test/selector-model.js';
import { WatchScene } from '../test/watch-scene.js';
import { WatchingClient } from '../test/watching-client.js';
import { gateway } from './gateway.options.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
let other: NestFastifyApplication;

beforeAll(async () => {
  process.env['SKEIN_WATCH_RESUME_EVENTS'] = '300';
  await scene.open();
  await scene.heard.register();
  other = await startService({ ...gateway, hears: false });
  for (const name of ['f', 'g']) await scene.call('PUT', `/fleets/${name}`, fleet(name));
});
afterAll(async () => {
  await other?.close();
  await scene.close();
});

const WRITES = 150;
const names = Array.from({ length: 30 }, (_, index) => `d${index}`);
const sites: Record<string, string>[] = [
  {},
  { site: 'lyon' },
  { site: 'nice' },
  { site: 'lyon', rack: '1' },
];

const selections: [string, Record<string, string>][] = [
  ['devices', {}],
  ['devices', { labelSelector: 'site=lyon' }],
  ['devices', { labelSelector: 'site in (lyon, nice),!rack' }],
  ['devices', { fieldSelector: 'metadata.owner=Fleet/f' }],
  ['devices', { labelSelector: 'site=lyon', fieldSelector: 'status.summary.status!=Unknown' }],
  ['fleets', { labelSelector: 'site=lyon' }],
  ['repositories', {}],
];

/** One write of somebody, or something that another service says. */
async function change(dice: Dice): Promise<void> {
  const name = dice.one(names);
  const labels = dice.one(sites);
  const body = { fleets: fleet(name), repositories: repository(name) };
  const kind = dice.one(['fleets', 'repositories'] as const);
  const status = { summary: { status: dice.one(['Online', 'Error']) } };
  const deeds: (() => Promise<unknown>)[] = [
    () => scene.put(name, labels),
    () => scene.put(name, labels),
    () => scene.call('DELETE', `/devices/${name}`),
    () => scene.call('PUT', `/devices/${name}/status`, { ...device(name), status }),
    () => scene.call('PUT', `/${kind}/${name}`, { ...body[kind], metadata: { name, labels } }),
    () => scene.call('DELETE', `/${kind}/${name}`),
    () => match(dice, name),
  ];
  await dice.one(deeds)();
}

const device = (name: string) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name },
});

const owed: number[] = [];
/** A device gets another owner; the gateway handles that at some time, or at first fails to. */
async function match(dice: Dice, name: string): Promise<void> {
  const rows = await scene.admin.query<{ uid: string; owner: string | null }>(
    `select d.uid, f.uid as owner from gateway.devices d left join gateway.fleets f on f.name = $2
     where d.name = $1`,
    [name, dice.one(['f', 'g', 'nobody'])],
  );
  const members = rows.map(({ uid, owner }) => {
    return { device: uid, owner, labelsVersion: 1, multipleOwners: [] };
  });
  await scene.say(devicesMatched, org, { members });
}

/** What the replayer, the stream and the schedule of retries do. */
async function hear(dice: Dice): Promise<void> {
  const before = owed.at(-1) ?? 0;
  await scene.number();
  const rows = await scene.admin.query<{ sequence: number }>(
    `select s.sequence from log.sequence s join log.events e on e.position = s.position
     where e.source = '/selector' and s.sequence > $1 order by 1`,
    [before],
  );
  owed.push(...rows.map(({ sequence }) => sequence));
  for (const number of owed.filter((one) => one > handled && dice.below(2) === 0).slice(0, 3)) {
    handled = number;
    if (dice.below(3) === 0) await scene.fail(number);
    else await scene.deliver(number);
  }
  if (dice.below(4) === 0) await scene.retry();
}
let handled = 0;

async function finish(): Promise<void> {
  await scene.number();
  const rows = await scene.admin.query<{ sequence: number }>(
    `select s.sequence from log.sequence s join log.events e on e.position = s.position
     where e.source = '/selector' and not exists (select from gateway.inbox i where i.number = s.sequence)
       and not exists (select from gateway.retries r where r.number = s.sequence) order by 1`,
  );
  for (const { sequence } of rows) await scene.deliver(sequence);
  await scene.retry();
  await scene.number();
}

it('leaves every client with what a list shows, whatever happens to it', async () => {
  const dice = new Dice(7);
  const door = {
    url: () => dice.one([scene.app, other]).getUrl(),
    patience: () => 50 + dice.below(600),
  };
  const clients = [...selections, ...selections.slice(0, 3)].map(
    ([path, query]) => new WatchingClient(door, path, query),
  );
  for (const client of clients) client.start();
  for (let index = 0; index < WRITES; index += 1) {
    await change(dice);
    if (index % 3 === 0) await hear(dice);
  }
  await finish();
  const differences = async () =>
    (await Promise.all(clients.map((client) => client.difference()))).filter(Boolean);
  const last = () => waitFor(async () => (await differences()).length === 0, { timeoutMs: 60_000 });
  await last().catch(async () => expect(await differences()).toEqual([]));
  await Promise.all(clients.map((client) => client.stop()));
  expect(Math.min(...clients.map(({ watches }) => watches))).toBeGreaterThan(3);
}, 240_000);
