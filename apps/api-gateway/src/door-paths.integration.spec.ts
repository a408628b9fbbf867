import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { parse } from 'yaml';
import { DoorScene } from '../test/door-scene.js';

/** Folder of the reference documents; without it what needs them is reported as skipped. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const methods = ['get', 'put', 'post', 'patch', 'delete'];

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { client } = door;

beforeAll(() => door.open());
afterAll(() => door.close());

/** Every method and path of the document, with a name for each placeholder. */
function operations(): [method: string, path: string][] {
  const file = join(reference!, 'flightctl-core-v1beta1.openapi.yaml');
  const { paths } = parse(readFileSync(file, 'utf8'), { merge: true, maxAliasCount: -1 });
  return Object.entries<Loose>(paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method): [string, string] => [
        method.toUpperCase(),
        path.replaceAll(/\{[^}]+\}/g, 'nobody'),
      ]),
  );
}

describe('what the door says of itself', () => {
  it('is its version', async () => {
    const { code, body } = await client('GET', '/api/v1/version');
    expect({ code, body }).toEqual({ code: 200, body: { version: expect.stringMatching(/^\d/) } });
  });

  it('is which organisations there are', async () => {
    const { body } = await client('GET', '/api/v1/organizations');
    expect(body.items.map(({ metadata }: Loose) => metadata.name)).toEqual([DEFAULT_ORGANISATION]);
  });

  it('is that there is no authentication yet', async () => {
    const { code, body } = await client('GET', '/api/v1/auth/config');
    expect({ code, body }).toMatchObject({ code: 418, body: { kind: 'Status', code: 418 } });
  });
});

(reference ? it : it.skip)('has an answer for every path of the reference document', async () => {
  const answers = operations().map(async ([method, path]) => {
    const asked = `${method} ${path}`;
    const headers = { 'content-type': 'application/json-patch+json' };
    const body = method === 'PATCH' ? { body: [], headers } : { body: {} };
    const given = method === 'GET' ? {} : body;
    const answer = await client(method, `/api/v1${path}`, given);
    return { asked, code: answer.code, message: String(answer.body?.message) };
  });
  const all = await Promise.all(answers);
  expect(all.length).toBeGreaterThan(70);
  expect(all.filter(({ message }) => message.startsWith('Cannot '))).toEqual([]);
  expect(all.filter(({ code }) => code === 500 || code === 405)).toEqual([]);
  const unbuilt = all.filter(({ code }) => code === 501);
  expect(unbuilt.length).toBeGreaterThan(20);
  for (const { asked, message } of unbuilt) {
    const [method, path] = asked.split(' ');
    expect(message).toBe(`${method} /api/v1${path}: not supported yet`);
  }
});
