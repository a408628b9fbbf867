import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Credential } from './credential.js';

const folder = mkdtempSync(join(tmpdir(), 'skein-credential-'));
const file = join(folder, 'password');
afterAll(() => rmSync(folder, { recursive: true }));

describe('a credential', () => {
  it('in a file is what the file says now', () => {
    writeFileSync(file, 'first\n');
    const credential = Credential.inFile(file);
    expect(credential.read()).toBe('first');
    writeFileSync(file, 'second');
    expect(credential.read()).toBe('second');
  });

  it('stays what it was while its file is being replaced', () => {
    writeFileSync(file, 'first');
    const { read } = Credential.inFile(file);
    writeFileSync(file, '');
    expect(read()).toBe('first');
    rmSync(file);
    expect(read()).toBe('first');
  });

  it('must be there at the start', () => {
    writeFileSync(file, '');
    expect(() => Credential.inFile(file)).toThrow('empty');
    expect(() => Credential.inFile(join(folder, 'none'))).toThrow('ENOENT');
  });

  it('is not shown', () => {
    const credential = Credential.of('hidden-secret');
    expect(credential.read()).toBe('hidden-secret');
    expect(
      `${inspect(credential, { showHidden: true })}${JSON.stringify(credential)}`,
    ).not.toContain('hidden-secret');
  });
});
