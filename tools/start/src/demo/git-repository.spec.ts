import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { examplesFolder } from '../workspace.js';
import { GitRepository } from './git-repository.js';

describe('GitRepository', () => {
  it('is a bare repository with a real commit for each set of files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skein-git-'));
    const repository = await GitRepository.create(join(folder, 'demo'));
    const first = await repository.commit(join(examplesFolder, 'configuration'), 'first');
    const second = await repository.commit(join(examplesFolder, 'configuration-update'), 'second');
    const bare = join(folder, 'demo/bare.git');
    const git = (...args: string[]) => execFileSync('git', args, { cwd: bare, encoding: 'utf8' });
    expect(git('log', '--format=%H %s', 'main')).toBe(`${second} second\n${first} first\n`);
    expect(git('show', `${first}:device/etc/demo/collector.yaml`)).toContain('60s');
    expect(git('show', `${second}:device/etc/demo/collector.yaml`)).toContain('10s');
    expect(git('ls-tree', second, 'device/usr/local/bin/collect')).toMatch(/^100755/);
    await rm(folder, { recursive: true });
  });
});
