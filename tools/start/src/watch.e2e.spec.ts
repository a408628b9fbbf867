import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonClient, waitFor, type JsonClient, type Loose } from '@skein/testing';
import { ListFollower } from '../test/list-follower.js';
import { StartProcess } from '../test/start-process.js';

const devices = 10;
const lists = ['devices', 'fleets', 'repositories', 'fleets/demo/templateversions'];

let start: StartProcess;
let client: JsonClient;
let followers: Map<string, ListFollower>;
let following: Promise<unknown>[];

const get = async (path: string): Promise<Loose> => (await client('GET', `/api/v1/${path}`)).body;

/** What does not change without anybody being told. */
const shown = ({ metadata, status }: Loose) =>
  JSON.stringify({ metadata, updated: status?.updated, conditions: status?.conditions });

beforeAll(async () => {
  start = await StartProcess.start(['--devices', String(devices)]);
  client = jsonClient(
    () => start.gatewayUrl,
    () => start.headers,
  );
  const isThere = async () => (await get('fleets/demo')).metadata !== undefined;
  await waitFor(isThere, { timeoutMs: 110_000, message: 'the fleet of the demo' });
  const followerOf = (path: string) =>
    new ListFollower(`${start.gatewayUrl}/api/v1/${path}?watch=true`, start.headers);
  followers = new Map(lists.map((path) => [path, followerOf(path)]));
  following = [...followers.values()].map((one) => one.follow().catch((error: unknown) => error));
}, 120_000);
afterAll(async () => {
  for (const follower of followers?.values() ?? []) follower.stop();
  await Promise.all(following ?? []);
  await start?.[Symbol.asyncDispose]();
});

it('tells what the whole demo does, up to what lists show at its end', async () => {
  await start.line(/Running until Ctrl-C/);
  for (const [path, follower] of followers) {
    const differing = async () => {
      const { items } = await get(`${path}?limit=1000`);
      const wrong = items.filter((item: Loose) => {
        const known = follower.known.get(item.metadata.name);
        return known === undefined || shown(known) !== shown(item);
      });
      return wrong.length + follower.known.size - items.length;
    };
    await waitFor(async () => (await differing()) === 0, { timeoutMs: 30_000, message: path });
  }
  expect(followers.get('devices')!.known.size).toBe(devices);
  const changes = followers.get('devices')!.told.filter((one) => one.startsWith('MODIFIED'));
  expect(changes.length).toBeGreaterThan(devices);
}, 180_000);
