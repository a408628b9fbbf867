import { describe, expect, it } from '@jest/globals';
import { decodeBundle, encodeBundle } from './bundle.js';
import { freeze } from './freeze.js';
import type { FetchedFile, SourceRequest } from './source.js';

const files: FetchedFile[] = [
  { path: 'b', mode: 0o755, content: Buffer.from([0, 255]) },
  { path: 'a/c', mode: 0o644, content: Buffer.from('text') },
];

const organisation = (asked: SourceRequest) =>
  asked.type === 'secret' ? asked.org : asked.repository.org;

describe('bundles', () => {
  it('are the same bytes for the same files in any order', () => {
    const bundle = encodeBundle(files);
    expect(bundle.toString()).toBe(
      '{"files":[{"path":"a/c","mode":420,"content":"dGV4dA=="},{"path":"b","mode":493,"content":"AP8="}]}',
    );
    expect(encodeBundle(files.toReversed())).toEqual(bundle);
    expect(decodeBundle(bundle)).toEqual(files.toReversed());
  });

  it.each(['', 'null', '{}', '{"files":[1]}', '{"files":[{"path":"a"}]}'])('%j is none', (text) => {
    expect(() => decodeBundle(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });

  it('that lead out of their folder are refused', () => {
    const bundle = Buffer.from('{"files":[{"path":"../a","mode":420,"content":""}]}');
    expect(() => decodeBundle(bundle)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});

describe('freezing', () => {
  it("stores each request's files under its organisation, in the order of the requests", async () => {
    const request: SourceRequest = {
      type: 'http',
      repository: { org: 'one', uid: 'u', name: 'n', type: 'http', url: 'https://h.example' },
    };
    const secret: SourceRequest = { type: 'secret', org: 'two', namespace: 'n', name: 's' };
    const stored: [string, Buffer, boolean][] = [];
    const store = {
      put: async (...given: [string, Buffer, boolean]) => {
        stored.push(given);
        return `digest of ${given[0]}`;
      },
    };
    const source = {
      fetch: async ({ type }: SourceRequest) => ({ revision: `of ${type}`, files }),
    };
    const frozen = await freeze([request, secret], source, store);
    const { length: size } = encodeBundle(files);
    expect(frozen).toEqual([
      { revision: 'of http', digest: 'digest of one', size },
      { revision: 'of secret', digest: 'digest of two', size },
    ]);
    expect(stored.map(([org, , isSecret]) => [org, isSecret])).toEqual([
      ['one', false],
      ['two', true],
    ]);
    expect(decodeBundle(stored[0]![1])).toEqual(files.toReversed());
  });
});
