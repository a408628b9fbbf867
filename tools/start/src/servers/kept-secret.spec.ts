import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { apiToken, sealingKey } from './kept-secret.js';

describe.each([
  { what: sealingKey, file: 'sealing.key', encoding: 'base64' as const },
  { what: apiToken, file: 'api.token', encoding: 'hex' as const },
])('$file', ({ what, file, encoding }) => {
  it('is drawn once, also when two ask at once, and readable by its owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skein-secret-'));
    const secrets = await Promise.all([what(folder), what(folder)]);
    secrets.push(await what(folder));
    expect(new Set(secrets).size).toBe(1);
    expect(Buffer.from(secrets[0] ?? '', encoding)).toHaveLength(32);
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});
