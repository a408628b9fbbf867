import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Sealer, SealedStore } from '@skein/blobs';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;
const secret = 'a secret of the webhook of r';
const payload = '{"ref":"refs/heads/main"}';
const at = (name: string) => `/repositories/${name}/webhook`;

beforeAll(() => door.open());
beforeEach(async () => {
  await door.clear();
  await call('POST', '/repositories', repository('r'));
  await call('PUT', at('r'), { secret });
  await appended();
});
afterAll(() => door.close());

const signed = (body: string | Buffer, key = secret) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
});
const deliver = (headers: Record<string, string>, body: string | Buffer = payload, name = 'r') =>
  call('POST', at(name), typeof body === 'string' ? body : body.toString('latin1'), headers);

describe('the secret of a webhook', () => {
  it('is sealed, said by its id, and never shown', async () => {
    const set = await call('PUT', at('r'), { secret: `${secret}, another one` });
    expect(set).toMatchObject({ code: 200, body: { status: 'Success' } });
    const [event] = await appended();
    expect(typesOf([event!])).toEqual(['repository.webhook-updated']);
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(JSON.stringify((await call('GET', '/repositories/r')).body)).not.toContain(secret);
    const [org, uid] = [event!['org' as never] as string, event!.subject];
    const sealed = await new SealedStore(door.postgres).get({ org, id: event!.data['webhook'] });
    const sealer = door.app.get(Sealer);
    expect(() => sealer.open({ org, uid }, sealed!)).toThrow();
    const read = await call('GET', at('r'));
    expect(read.code).toBe(404);
  });

  it('that is set again is no change, and one that is removed is gone', async () => {
    expect((await call('PUT', at('r'), { secret })).code).toBe(200);
    expect(await appended()).toEqual([]);
    expect((await call('DELETE', at('r'))).code).toBe(200);
    const [event] = await appended();
    expect(event!.data).toEqual({ webhook: null });
    expect((await call('GET', '/repositories/r')).body.metadata.resourceVersion).toBe(
      String(event!.version),
    );
    expect((await deliver(signed(payload))).code).toBe(401);
    expect((await call('DELETE', at('r'))).code).toBe(200);
    expect(await appended()).toEqual([]);
  });

  it.each([
    {},
    { secret: '' },
    { secret: 'too short' },
    { secret: 'x'.repeat(1_025) },
    { secret: 7 },
  ])('is not %j', async (body) => {
    expect((await call('PUT', at('r'), body)).code).toBe(400);
  });

  it('needs a repository', async () => {
    expect((await call('PUT', at('none'), { secret })).code).toBe(404);
    expect((await call('DELETE', at('none'))).code).toBe(404);
  });

  it('survives changes of the repository', async () => {
    await call('PUT', '/repositories/r', repository('r', { url: 'https://example.com/s.git' }));
    expect((await deliver(signed(payload))).code).toBe(202);
  });
});

describe('a delivery', () => {
  it('that is signed is noted as a push', async () => {
    const headers = { ...signed(payload), 'x-github-event': 'push' };
    expect((await deliver(headers)).code).toBe(202);
    const events = await appended();
    expect(typesOf(events)).toEqual(['repository-push.reported']);
    expect(events[0]).toMatchObject({ data: { name: 'r' }, version: 1, actor: 'webhook' });
  });

  it.each([
    ['no JSON', 'payload=%7B%7D', 'application/x-www-form-urlencoded'],
    ['broken JSON', '{"ref":', 'application/json'],
    ['of any type', '\0\x01', 'application/octet-stream'],
    ['without a body', '', 'application/json'],
  ])('is not read: %s', async (_what, body, type) => {
    expect((await deliver({ ...signed(body), 'content-type': type }, body)).code).toBe(202);
    expect(await appended()).toHaveLength(1);
  });

  it('of something else is taken, and nothing comes of it', async () => {
    expect((await deliver({ ...signed(payload), 'x-github-event': 'ping' })).code).toBe(202);
    expect(await appended()).toEqual([]);
  });

  it('that comes again is another reason to look, no more', async () => {
    for (let again = 0; again < 3; again += 1) await deliver(signed(payload));
    expect(typesOf(await appended())).toEqual(Array(3).fill('repository-push.reported'));
    expect((await call('GET', '/repositories/r')).body.metadata.resourceVersion).toBe('2');
  });
});

describe('whoever does not know the secret', () => {
  const refusals = async () => {
    const other = newUid();
    await door.postgres.query(
      `insert into gateway.repositories (org, uid, name, labels, spec, webhook, generation, version)
       select $1, uid, 'elsewhere', labels, spec, webhook, 1, 1 from gateway.repositories`,
      [other],
    );
    await call('POST', '/repositories', repository('silent'));
    await appended();
    return Promise.all([
      deliver({}),
      deliver({ 'x-hub-signature-256': 'sha256=00' }),
      deliver(signed(payload, 'another secret')),
      deliver(signed(`${payload} `)),
      deliver({
        'x-hub-signature': `sha1=${createHmac('sha1', secret).update(payload).digest('hex')}`,
      }),
      deliver({ 'x-gitlab-token': '' }),
      deliver(signed(payload), payload, 'none'),
      deliver(signed(payload), payload, 'silent'),
      deliver(signed(payload), payload, 'elsewhere'),
      deliver(signed(payload), payload, '%00'),
      deliver(signed(payload), payload, `x${'y'.repeat(90)}`),
    ]);
  };

  it('gets one answer, whatever is wrong, and leaves nothing behind', async () => {
    const answers = await refusals();
    const said = answers.map(({ code, body }) => [code, body.reason, body.message]);
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(said[0]!.slice(0, 2)).toEqual([401, 'Unauthorized']);
    expect(await appended()).toEqual([]);
  });

  it('cannot make the gateway keep a large body', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1);
    expect((await deliver(signed(large), large)).code).toBe(413);
    const largest = 'x'.repeat(1024 * 1024);
    expect((await deliver(signed(largest), largest)).code).toBe(202);
  });

  it('gets no raw bodies past other routes', async () => {
    const headers = { 'content-type': 'application/x-skein-raw' };
    const answer = await call('POST', '/repositories', JSON.stringify(repository('s')), headers);
    expect(answer.code).toBe(415);
  });
});
