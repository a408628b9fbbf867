import { describe, expect, it } from '@jest/globals';
import { normalisePath } from '../paths.js';
import { failureOf } from './git-failure.js';
import { parseTree } from './git-tree.js';
import { candidateRefs, pickRef } from './revision.js';

const OBJECT = 'a'.repeat(40);

describe('revisions', () => {
  it.each([
    '-h',
    '--upload-pack=touch /tmp/x',
    'a b',
    'a..b',
    'a~1',
    'a^',
    'a:b',
    'a*',
    'a?',
    'a[b',
    'a\\b',
    '@{-1}',
    'a@{1}',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    '@',
    'a\nb',
    'a\0b',
    'x'.repeat(300),
  ])('refuses %j', (revision) => {
    expect(() => candidateRefs(revision)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it('prefers a branch to a tag, and matches whole names only', () => {
    const listing = `1\trefs/tags/v1\n2\trefs/remotes/o/refs/heads/v1\n3\trefs/heads/v1\n`;
    expect(pickRef(listing, candidateRefs('v1'))).toEqual({ ref: 'refs/heads/v1', object: '3' });
    expect(pickRef(listing, candidateRefs('refs/tags/v1'))?.object).toBe('1');
    expect(pickRef(listing, candidateRefs('v2'))).toBeUndefined();
    expect(candidateRefs('')).toEqual(['HEAD']);
  });
});

describe('paths', () => {
  it.each([
    ['/a/b/', 'a/b'],
    ['/', ''],
    ['', ''],
    ['a', 'a'],
  ])('%j becomes %j', (path, normal) => {
    expect(normalisePath(path)).toBe(normal);
  });

  it.each([
    '../a',
    'a/../b',
    'a/..',
    'a/.. /b',
    './a',
    'a//b',
    'a\0b',
    'a\nb',
    '.git/config',
    'a/.GIT/hooks',
    '.git /config',
    '.git./config',
    '.git . ./config',
    'git~1/config',
    'GIT~2',
    '.git::$INDEX_ALLOCATION/config',
    '.git:stream',
    '.g\u200cit/config',
    '\ufeff.git/config',
    '.Gi\u202et',
  ])('refuses %j', (path) => {
    expect(() => normalisePath(path)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it.each(['.gitignore', '.github/x', 'git', 'a.git', '...', 'var\\x2drun.mount', 'git~x'])(
    'takes %j',
    (path) => {
      expect(normalisePath(path)).toBe(path);
    },
  );
});

describe('trees', () => {
  const tree = (...lines: string[]) => Buffer.from(lines.map((line) => `${line}\0`).join(''));

  it('reads files with their modes', () => {
    expect(parseTree(tree(`100755 blob ${OBJECT}\tbin/a b`, `100664 blob ${OBJECT}\tc`))).toEqual([
      { path: 'bin/a b', mode: 0o755, object: OBJECT },
      { path: 'c', mode: 0o644, object: OBJECT },
    ]);
  });

  it.each([
    ['a symbolic link', `120000 blob ${OBJECT}\tlink`],
    ['a submodule', `160000 commit ${OBJECT}\tmodule`],
    ['..', `100644 blob ${OBJECT}\ta/../b`],
    ['an absolute path', `100644 blob ${OBJECT}\t/etc/passwd`],
    ['a control character', `100644 blob ${OBJECT}\ta\u001bb`],
    ['.git', `100644 blob ${OBJECT}\t.Git/config`],
  ])('refuses %s', (_what, line) => {
    expect(() => parseTree(tree(line))).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it.each([
    ['README', 'readme'],
    ['etc/A/x', 'etc/a/y'],
    ['caf\u00e9', 'cafe\u0301'],
    ['a\u200db', 'ab'],
    ['conf/x', 'Conf'],
  ])('refuses the twins %j and %j', (one, other) => {
    const lines = [one, other].map((path) => `100644 blob ${OBJECT}\t${path}`);
    expect(() => parseTree(tree(...lines))).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it('refuses a path that stands twice, and names that are not UTF-8', () => {
    const line = `100644 blob ${OBJECT}\ta`;
    expect(() => parseTree(tree(line, line))).toThrow(expect.objectContaining({ code: 'refused' }));
    const latin1 = Buffer.from(`100644 blob ${OBJECT}\t\xe9\0`, 'latin1');
    expect(() => parseTree(latin1)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});

describe("git's failures", () => {
  it('are told in our words, never in those of the server', () => {
    const failure = failureOf('fatal: remote error: Authorization: Basic c2VjcmV0');
    expect(failure).toMatchObject({ code: 'unreachable' });
    expect(failure.message).not.toContain('c2VjcmV0');
  });
});
