import { describe, expect, it } from '@jest/globals';
import { isScpLike, parseSshUrl } from './ssh-url.js';

describe('ssh URLs', () => {
  it.each([
    ['ssh://git@example.com/a/b.git', 'git', 'example.com', 22, '/a/b.git'],
    ['ssh://example.com/a', 'git', 'example.com', 22, '/a'],
    ['SSH://ops_1@EXAMPLE.com.:2222/~ops/a', 'ops_1', 'example.com', 2222, '/~ops/a'],
    ['ssh://git@[2001:db8::1]:2222/a', 'git', '2001:db8::1', 2222, '/a'],
    ['ssh://git@0x7f.1/a', 'git', '127.0.0.1', 22, '/a'],
    ['ssh://git@①②⑦.0.0.1/a', 'git', '127.0.0.1', 22, '/a'],
    ['ssh://git@bücher.example/a', 'git', 'xn--bcher-kva.example', 22, '/a'],
    ['ssh://git@example.com/a/../../b', 'git', 'example.com', 22, '/b'],
  ])('%s', (url, ...parts) => {
    const { user, host, port, path } = parseSshUrl(url);
    expect([user, host, port, path]).toEqual(parts);
  });

  it.each([
    'ssh://-oProxyCommand=true/x',
    'ssh://git@-oProxyCommand=true/x',
    'ssh://git@%2doProxyCommand%3dtrue/x',
    'ssh://-l@example.com/x',
    'ssh://%2dl@example.com/x',
    'ssh://git%20x@example.com/x',
    'ssh://git@example.com/',
    'ssh://git@example.com',
    'ssh:///x',
    'ssh:git@example.com',
    'ssh://git:secret@example.com/x',
    'ssh://git@example.com/x?y',
    'ssh://git@example.com/x#y',
    'ssh://git@example.com/a b',
    'ssh://git@example.com/a\0b',
    'ssh://git@example.com/a%00b',
    'ssh://git@example.com/a\nb',
    "ssh://git@example.com/a'b",
    'ssh://git@example.com/$(touch x)',
    'ssh://git@example.com/`x`',
    'ssh://git@example.com/a;b',
    'ssh://git@example.com:99999/x',
    'ssh://git@example.com:-1/x',
    'ssh://git@exa$mple.com/x',
    'ssh://git@exa_mple.com/x',
    'ssh://git@[fe80::1%25eth0]/x',
    'ssh://git@a%0ahost/x',
    'ssh://git@a,b/x',
    'ssh://a@b@example.com/x',
  ])('refuses %j', (url) => {
    expect(() => parseSshUrl(url)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it.each([
    ['git@example.com:a/b.git', true],
    ['@example.com:a', true],
    ['ssh://git@example.com/a', false],
    ['https://user@example.com:80/a', false],
    ['example.com:a', false],
  ])('tells the short form: %s', (url, short) => {
    expect(isScpLike(url)).toBe(short);
  });
});
