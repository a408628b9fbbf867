import { describe, expect, it } from '@jest/globals';
import { checkItems, freezeItems, type FreezeContext, type ItemReference } from './freeze-items.js';
import { SourceError } from './source-error.js';
import type { SourceRequest } from './source.js';

const repository = (name: string, type: string, credentials: string | null = null) => ({
  org: 'org',
  uid: `uid of ${name}`,
  name,
  spec: { type, url: `https://example.com/${name}` },
  credentials,
});
const git = (item: string, name: string): ItemReference => ({
  item,
  type: 'git',
  repository: name,
  targetRevision: 'main',
  path: '/',
});

function context(changes: Partial<FreezeContext> = {}): FreezeContext & { asked: SourceRequest[] } {
  const asked: SourceRequest[] = [];
  const known = [repository('config', 'git'), repository('web', 'http')];
  return {
    asked,
    org: 'org',
    repositories: new Map(known.map((each) => [each.name, each])),
    opener: { open: () => Promise.reject(new Error('nothing is sealed')) },
    source: {
      fetch: async (request) => {
        asked.push(request);
        return { revision: 'abc', files: [] };
      },
    },
    store: { put: async (org) => `digest in ${org}` },
    ...changes,
  };
}

describe('freezing items', () => {
  it('answers by the name of the item', async () => {
    const given = context();
    const http = { item: 'b', type: 'http', repository: 'web', suffix: '/x' } as const;
    const frozen = { revision: 'abc', digest: 'digest in org', size: 12 };
    expect(await freezeItems([git('a', 'config'), http], given)).toEqual({
      frozen: { a: frozen, b: frozen },
      problems: [],
      waiting: [],
      busy: false,
    });
    expect(given.asked).toMatchObject([{ targetRevision: 'main', path: '/' }, { suffix: '/x' }]);
  });

  it('names each that a person must mend, and each that waiting may mend', async () => {
    const errors: Record<string, SourceError> = {
      config: new SourceError('unreachable', 'nobody answers'),
    };
    const fetch = async (request: SourceRequest) => {
      const { name } = request.type === 'secret' ? request : request.repository;
      throw errors[name] ?? new SourceError('not-found', 'no such path');
    };
    const known = ['config', 'other', 'web'].map((name) =>
      repository(name, name === 'web' ? 'http' : 'git'),
    );
    const repositories = new Map(
      [...known, repository('odd', 'oci')].map((each) => [each.name, each]),
    );
    const references = ['nowhere', 'config', 'other', 'web', 'odd'].map((name) => git(name, name));
    expect(await freezeItems(references, context({ source: { fetch }, repositories }))).toEqual({
      frozen: {},
      problems: [
        { item: 'nowhere', message: 'there is no repository "nowhere"' },
        { item: 'other', message: 'no such path' },
        { item: 'web', message: expect.stringContaining('of type http') },
        { item: 'odd', message: expect.stringContaining('of type oci') },
      ],
      waiting: [{ item: 'config', message: 'nobody answers' }],
      busy: false,
    });
  });

  it('tells waiting for other fetches from waiting for somebody who does not answer', async () => {
    const visits: unknown[] = [];
    const fetch = async (request: SourceRequest, _signal: unknown, visit: unknown) => {
      visits.push(visit);
      const later = request.type === 'git' && request.targetRevision === 'later';
      throw new SourceError(later ? 'unreachable' : 'busy', 'wait');
    };
    const repositories = new Map([['config', repository('config', 'git')]]);
    const references = [git('a', 'config'), git('b', 'config')];
    const given = context({ source: { fetch }, repositories });
    expect(await freezeItems(references, given)).toMatchObject({
      waiting: [{ item: 'a' }, { item: 'b' }],
      busy: true,
    });
    // Both came in one visit.
    expect(visits[0]).toBeDefined();
    expect(visits[1]).toBe(visits[0]);
    const mixed = [references[0]!, { ...references[1]!, targetRevision: 'later' }];
    expect(await freezeItems(mixed, given)).toMatchObject({ busy: false });
  });

  it('opens sealed credentials for the fetch; the certificate of a CA stands in the spec', async () => {
    const sealed = repository('config', 'git', 'sealed');
    const httpConfig = { 'ca.crt': 'certificate', skipServerVerification: true };
    const described = { ...sealed, spec: { ...sealed.spec, httpConfig } };
    const given = context({
      repositories: new Map([['config', described]]),
      opener: {
        open: async ({ org, uid }, id) =>
          Buffer.from(JSON.stringify({ username: [org, uid, id].join() })),
      },
    });
    await freezeItems([git('a', 'config')], given);
    expect(given.asked[0]).toMatchObject({
      repository: {
        skipServerVerification: true,
        credentials: { username: 'org,uid of config,sealed', 'ca.crt': 'certificate' },
      },
    });
    const ssh = { ...sealed.spec, sshConfig: { skipServerVerification: true } };
    const overSsh = new Map([['config', { ...sealed, spec: ssh }]]);
    await freezeItems([git('a', 'config')], { ...given, repositories: overSsh });
    expect(given.asked[1]).toMatchObject({ repository: { skipServerVerification: true } });
  });

  it('asks for a secret in the name of the organisation', async () => {
    const given = context();
    const secret = { item: 'tls', type: 'secret', namespace: 'edge', name: 'tls' } as const;
    expect(Object.keys((await freezeItems([secret], given)).frozen)).toEqual(['tls']);
    expect(given.asked).toEqual([{ type: 'secret', org: 'org', namespace: 'edge', name: 'tls' }]);
    expect(checkItems([secret], given.repositories)).toEqual([]);
  });

  it('does not take an error of our own for a mistake in the template', async () => {
    const store = { put: () => Promise.reject(new Error('PostgreSQL is away')) };
    await expect(freezeItems([git('a', 'config')], context({ store }))).rejects.toThrow(
      'PostgreSQL',
    );
  });
});

describe('checking items before they are fetched', () => {
  it('names each whose repository is missing or of another type, and asks nobody', () => {
    const { asked, repositories } = context();
    const http = { item: 'c', type: 'http', repository: 'config' } as const;
    expect(checkItems([git('a', 'config'), git('b', 'nowhere'), http], repositories)).toEqual([
      { item: 'b', message: 'there is no repository "nowhere"' },
      { item: 'c', message: 'the reference is http, but repository "config" is of type git' },
    ]);
    expect(asked).toEqual([]);
  });
});
