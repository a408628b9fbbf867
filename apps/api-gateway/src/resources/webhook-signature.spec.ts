import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isPush, isSigned } from './webhook-signature.js';

const secret = 'a secret of a webhook';
const body = Buffer.from('{"ref":"refs/heads/main"}');
const hex = (algorithm: string, key = secret) =>
  createHmac(algorithm, key).update(body).digest('hex');

describe('a signature', () => {
  it.each([
    ['GitHub', { 'x-hub-signature-256': `sha256=${hex('sha256')}` }],
    ['Gitea', { 'x-gitea-signature': hex('sha256') }],
    ['Forgejo', { 'x-forgejo-signature': hex('sha256') }],
    ['GitLab', { 'x-gitlab-token': secret }],
    [
      'Gitea for GitHub',
      { 'x-hub-signature-256': `sha256=${hex('sha256')}`, 'x-gitea-event': 'push' },
    ],
  ])('of %s is known', (_who, headers) => {
    expect(isSigned(headers, body, secret)).toBe(true);
    expect(isSigned(headers, Buffer.from(`${body.toString()} `), `${secret}!`)).toBe(false);
  });

  it.each<[string, Record<string, string | string[] | undefined>]>([
    ['none', {}],
    ['an empty one', { 'x-hub-signature-256': '' }],
    ['one without its digits', { 'x-hub-signature-256': 'sha256=' }],
    ['one of another secret', { 'x-hub-signature-256': `sha256=${hex('sha256', 'other')}` }],
    ['one of SHA-1', { 'x-hub-signature': `sha1=${hex('sha1')}` }],
    ['one of SHA-1 under the name of SHA-256', { 'x-hub-signature-256': `sha1=${hex('sha1')}` }],
    ['one of SHA-512', { 'x-hub-signature-256': `sha256=${hex('sha512')}` }],
    ['one that is cut', { 'x-gitea-signature': hex('sha256').slice(0, 62) }],
    ['one in capitals', { 'x-gitea-signature': hex('sha256').toUpperCase() }],
    ['one that came twice', { 'x-gitea-signature': [hex('sha256'), hex('sha256')] }],
    ['an empty token', { 'x-gitlab-token': '' }],
    ['a part of the token', { 'x-gitlab-token': secret.slice(0, -1) }],
    ['the secret where a signature must be', { 'x-gitea-signature': secret }],
  ])('is not %s', (_what, headers) => {
    expect(isSigned(headers, body, secret)).toBe(false);
  });

  it('is about the very bytes', () => {
    const headers = { 'x-gitea-signature': hex('sha256') };
    expect(isSigned(headers, Buffer.from('{"ref": "refs/heads/main"}'), secret)).toBe(false);
  });
});

describe('a push', () => {
  it.each([
    [{}, true],
    [{ 'x-github-event': 'push' }, true],
    [{ 'x-gitea-event': 'create' }, true],
    [{ 'x-gitlab-event': 'Push Hook' }, true],
    [{ 'x-gitlab-event': 'Tag Push Hook' }, true],
    [{ 'x-github-event': 'ping' }, false],
    [{ 'x-github-event': 'issues' }, false],
    [{ 'x-gitlab-event': 'Note Hook' }, false],
  ])('is told by %j: %s', (headers, told) => {
    expect(isPush(headers)).toBe(told);
  });
});
