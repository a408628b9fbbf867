import { describe, expect, it } from '@jest/globals';
import { cacheKeys, leaseOf, listOf } from './cache-keys.js';

const scope = { org: 'o', fleet: 'f', templateVersion: 'v1' };

describe('keys of the cache', () => {
  it('are those of Flight Control', () => {
    const git = { repository: 'r', targetRevision: 'main', path: 'etc' };
    expect([
      cacheKeys.repositoryUrl(scope, 'r').name,
      cacheKeys.gitRevision(scope, 'r', 'main').name,
      cacheKeys.gitContents(scope, git).name,
      cacheKeys.secret(scope, 'n', 's').name,
      cacheKeys.httpBody(scope, 'r', 'https://h.example/a').name,
    ]).toEqual([
      'v1/o/f/v1/repo-url/r',
      'v1/o/f/v1/git-hash/r/main',
      'v1/o/f/v1/git-data/r/main/etc',
      'v1/o/f/v1/k8ssecret-data/n/s',
      'v1/o/f/v1/http-data/27c340944e4f908baf314ba745493f0d',
    ]);
  });

  it.each([
    [
      { repository: 'a/b', targetRevision: 'c', path: 'd' },
      { repository: 'a', targetRevision: 'b/c', path: 'd' },
    ],
    [
      { repository: 'a', targetRevision: 'b/c', path: 'd' },
      { repository: 'a', targetRevision: 'b', path: 'c/d' },
    ],
    [
      { repository: 'a%2Fb', targetRevision: '', path: '' },
      { repository: 'a/b', targetRevision: '', path: '' },
    ],
    [
      { repository: 'a', targetRevision: '', path: 'b' },
      { repository: 'a', targetRevision: 'b', path: '' },
    ],
    [
      { repository: 'a', targetRevision: '\ud800', path: '' },
      { repository: 'a', targetRevision: '\ud801', path: '' },
    ],
    [
      { repository: 'a', targetRevision: '\ud800', path: '' },
      { repository: 'a', targetRevision: '\ufffd', path: '' },
    ],
  ])('tell %j from %j', (left, right) => {
    expect(cacheKeys.gitContents(scope, left).name).not.toBe(
      cacheKeys.gitContents(scope, right).name,
    );
  });

  it('have a list and leases that no component can imitate', () => {
    const key = cacheKeys.gitRevision(scope, 'r', 'main');
    const imitated = cacheKeys.gitRevision(scope, 'r', 'main@lease');
    expect(imitated.name).not.toBe(leaseOf(key));
    const fleet = { ...scope, templateVersion: 'v1@keys' };
    expect(cacheKeys.gitRevision(fleet, 'r', 'main').name).not.toContain(listOf(scope));
  });
});
