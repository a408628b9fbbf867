import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidConfiguration, readConfig } from './read.js';
import { WorkerConfig } from './service-config.js';

const valid = {
  SKEIN_DATABASE_URL: 'postgres://render@127.0.0.1/skein',
  SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(WorkerConfig, environment);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
  }
  return [];
}

describe('readConfig', () => {
  it('takes defaults and converts by type', () => {
    const config = readConfig(WorkerConfig, { ...valid, SKEIN_BATCH_SIZE: '7' });
    expect(config).toMatchObject({ batchSize: 7, streamPrefix: 'skein', retryLimit: 10 });
  });

  it('names every broken setting at once, by its variable', () => {
    const problems = problemsOf({ SKEIN_BATCH_SIZE: 'many', SKEIN_LOG_LEVEL: 'loud' }).join('\n');
    for (const variable of [
      'SKEIN_DATABASE_URL',
      'SKEIN_STREAM_REDIS_URL',
      'SKEIN_BATCH_SIZE',
      'SKEIN_LOG_LEVEL',
    ]) {
      expect(problems).toContain(variable);
    }
  });

  it('reads a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'skein-config-')), 'url');
    writeFileSync(file, 'postgres://from-file/skein\n');
    const config = readConfig(WorkerConfig, {
      ...valid,
      SKEIN_DATABASE_URL: '',
      SKEIN_DATABASE_URL_FILE: file,
    });
    expect(config.databaseUrl).toBe('postgres://from-file/skein');
  });

  it('says which file it cannot read', () => {
    expect(problemsOf({ ...valid, SKEIN_DATABASE_URL_FILE: '/nowhere/url' })[0]).toContain(
      'SKEIN_DATABASE_URL_FILE',
    );
  });
});
