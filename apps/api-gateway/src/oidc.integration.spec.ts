import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { DoorScene } from '../test/door-scene.js';
import { OidcIssuer } from '../test/oidc-issuer.js';

const audience = 'https://skein.example';
const clients = [
  { id: 'operators', claims: { preferred_username: 'robin', groups: ['fleet-operators', 'x'] } },
  { id: 'viewers', claims: { preferred_username: 'kim', groups: 'fleet-viewers' } },
  { id: 'strangers', claims: { preferred_username: 'lee', groups: ['admin', '*', '__proto__'] } },
  { id: 'nameless', claims: { preferred_username: 'two words\n', groups: ['fleet-viewers'] } },
];
const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
let issuer: OidcIssuer;

const grant = (role: string) => [{ role, organization: org }];
const access = JSON.stringify({
  groups: [
    { name: 'fleet-operators', roles: grant('operator') },
    { name: 'fleet-viewers', roles: grant('viewer') },
  ],
});
const device = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name: 'd' } };
const call = (token: string, method: string, path: string, body?: unknown) =>
  door.call(method, path, body, { authorization: `Bearer ${token}` });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

beforeAll(async () => {
  issuer = await OidcIssuer.start(audience, clients);
  await door.openWith({
    SKEIN_AUTHENTICATION: 'tokens',
    SKEIN_ACCESS: access,
    SKEIN_OIDC_ISSUER: issuer.url,
    SKEIN_OIDC_AUDIENCE: audience,
    SKEIN_OIDC_CLIENT_ID: 'skein-cli',
  });
});
afterAll(async () => {
  await door.close();
  await issuer.stop();
});

describe('a token of the provider', () => {
  it('gives what the groups of its user may do, and names the user in events', async () => {
    const operator = await issuer.tokenOf('operators');
    expect((await call(operator, 'PUT', '/devices/d', device)).code).toBe(201);
    const [event] = await door.postgres.query<Loose>('select actor from log.events');
    expect(event.actor).toBe('robin');
    const viewer = await issuer.tokenOf('viewers');
    expect((await call(viewer, 'GET', '/devices/d')).code).toBe(200);
    expect((await call(viewer, 'DELETE', '/devices/d')).code).toBe(403);
  });

  it('gives nothing for groups that nobody wrote down', async () => {
    const { code, body } = await call(await issuer.tokenOf('strangers'), 'GET', '/devices');
    expect([code, body.message]).toEqual([403, 'lee belongs to no organization']);
  });

  it('must name its user in a way that events can say', async () => {
    expect((await call(await issuer.tokenOf('nameless'), 'GET', '/devices')).code).toBe(401);
  });

  it('tells users where to get one', async () => {
    const { body } = await door.call('GET', '/auth/config');
    expect(body.defaultProvider).toBe('oidc');
    expect(body.providers[0].spec).toMatchObject({ issuer: issuer.url, clientId: 'skein-cli' });
  });
});

describe('a forged token', () => {
  const hour = 3_600;
  const now = () => Math.floor(Date.now() / 1_000);
  const groups = ['fleet-operators'];

  /** That the forgeries fail for what they are, and not for a flaw of the test. */
  it('would be good if nothing were wrong with it', async () => {
    const good = [
      issuer.sign({ groups }),
      issuer.sign({ groups }, { typ: 'JWT' }),
      issuer.sign({ groups, aud: ['https://other.example', audience] }),
      issuer.sign({ groups, nbf: now() + 10, iat: now() + 10, exp: now() - 10 }),
    ];
    for (const token of await Promise.all(good)) {
      expect((await call(token, 'GET', '/devices')).code).toBe(200);
    }
  });

  const otherKey = () => generateKeyPair('RS256', { extractable: true });
  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'of another issuer': () => issuer.sign({ groups, iss: 'https://other.example' }),
    'of an issuer that begins the same': () => issuer.sign({ groups, iss: `${issuer.url}/` }),
    'without an issuer': () => issuer.sign({ groups, iss: undefined }),
    'for somebody else': () => issuer.sign({ groups, aud: 'https://other.example' }),
    'for a part of the audience': () => issuer.sign({ groups, aud: `${audience}.evil.example` }),
    'for nobody': () => issuer.sign({ groups, aud: undefined }),
    'that is over': () => issuer.sign({ groups, exp: now() - hour }),
    'that is never over': () => issuer.sign({ groups, exp: undefined }),
    'whose end is a text': () => issuer.sign({ groups, exp: '9999999999' as unknown as number }),
    'that is not good yet': () => issuer.sign({ groups, nbf: now() + hour }),
    'about nobody': () => issuer.sign({ groups, sub: undefined }),
    'of another use': () => issuer.sign({ groups }, { typ: 'logout+jwt' }),
    'with extensions that must be understood': () =>
      issuer.sign({ groups }, { crit: ['b64'], b64: false }).catch(() => 'a.b.c'),
    'signed with another key of the same name': async () =>
      issuer.sign({ groups }, {}, (await otherKey()).privateKey),
    'signed with a key that it brings along': async () => {
      const { privateKey, publicKey } = await otherKey();
      return issuer.sign({ groups }, { jwk: await exportJWK(publicKey) }, privateKey);
    },
    'signed with a key that it points to': async () => {
      const { privateKey } = await otherKey();
      return issuer.sign({ groups }, { jku: 'https://evil.example/keys', kid: 'x' }, privateKey);
    },
    'signed with the public key as a secret': async () => {
      const secret = await exportSPKI(issuer.publicKey);
      const [header, body] = (await issuer.sign({ groups })).split('.');
      const named = part({
        ...JSON.parse(Buffer.from(header!, 'base64url').toString()),
        alg: 'HS256',
      });
      const text = `${named}.${body}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    },
    'that is not signed': async () => {
      const [, body] = (await issuer.sign({ groups })).split('.');
      return `${part({ alg: 'none' })}.${body}.`;
    },
    'whose signature is missing': async () => {
      const [header, body] = (await issuer.sign({ groups })).split('.');
      return `${header}.${body}.`;
    },
    'whose body was changed': async () => {
      const [header, body, signature] = (await issuer.sign({})).split('.');
      const claims = JSON.parse(Buffer.from(body!, 'base64url').toString());
      return `${header}.${part({ ...claims, groups })}.${signature}`;
    },
    'signed in a way that is not allowed': async () => {
      const secret = new TextEncoder().encode('x'.repeat(64));
      const usual = { iss: issuer.url, aud: audience, sub: 's', exp: now() + hour, groups };
      return new SignJWT(usual).setProtectedHeader({ alg: 'HS512', kid: 'first' }).sign(secret);
    },
    'that the provider gave for somebody else': () =>
      issuer.tokenOf('operators', 'https://other.example'),
    'of a name that is none': () => issuer.sign({ groups, preferred_username: { a: 1 } }),
  };

  it.each(Object.keys(forgeries))('%s is refused', async (what) => {
    const token = await forgeries[what]!();
    const { code, body, headers } = await call(token, 'GET', '/devices');
    expect([code, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(body.message).toBe('the token is not valid, or not any more');
  });
});

it('known keys stay good while the provider is away; others are not asked for again and again', async () => {
  const token = await issuer.tokenOf('viewers');
  const unknown = await issuer.sign({}, { kid: 'second' });
  await issuer.stop();
  expect((await call(token, 'GET', '/devices')).code).toBe(200);
  // Within the pause after the last fetch nobody is asked, so nobody is missed.
  expect((await call(unknown, 'GET', '/devices')).code).toBe(401);
  await door.app.close();
  await door.start();
  const { code, headers } = await call(token, 'GET', '/devices');
  expect([code, headers['retry-after']]).toEqual([503, '1']);
});
