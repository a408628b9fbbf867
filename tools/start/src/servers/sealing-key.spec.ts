import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sealingKey } from './sealing-key.js';

describe('sealingKey', () => {
  it('is drawn once, also when two ask at once, and readable by its owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skein-key-'));
    const keys = await Promise.all([sealingKey(folder), sealingKey(folder)]);
    keys.push(await sealingKey(folder));
    expect(new Set(keys).size).toBe(1);
    expect(Buffer.from(keys[0] ?? '', 'base64')).toHaveLength(32);
    expect((await stat(join(folder, 'sealing.key'))).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});
