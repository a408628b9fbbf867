import { describe, expect, it } from '@jest/globals';
import { isOfRepository, references } from './references.js';
import { watchedFrom, watchedOf, watchedText } from './watched.js';

const texts = (...config: object[]) =>
  references({ config: config as never })
    .filter(isOfRepository)
    .map((reference) => watchedText(watchedOf(reference)));
const git = (targetRevision: string, path = '/') => ({
  name: 'g',
  gitRef: { repository: 'r', targetRevision, path },
});
const http = (suffix?: string) => ({
  name: 'h',
  httpRef: { repository: 'r', ...(suffix !== undefined && { suffix }), filePath: '/f' },
});

describe('what is watched for a reference', () => {
  it('is its revision, whatever its path, or its suffix', () => {
    expect(texts(git('main'), git('v1', '/{{ .metadata.name }}'), http('/a b'), http())).toEqual([
      'git main',
      'git v1',
      'http /a b',
      'http ',
    ]);
  });

  it('is the repository where it depends on the device', () => {
    expect(texts(git('{{ .metadata.labels.stage }}'), http('/{{ .metadata.name }}'))).toEqual([
      'repository',
      'repository',
    ]);
  });

  it.each([['/\0'], ['/\ud800'], [`/${'x'.repeat(1_001)}`]])(
    'is the repository where a text cannot be kept',
    (suffix) => {
      expect(texts(http(suffix))).toEqual(['repository']);
    },
  );

  it.each(['git main', 'git ', 'http /a b', 'http ', 'repository'])('%j is read back', (text) => {
    expect(watchedText(watchedFrom(text))).toBe(text);
  });
});
