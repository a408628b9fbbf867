import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyEdit } from './build.js';

describe('an edit of a compiled file', () => {
  let folder: string;
  const file = 'main.js';
  const written = () => readFile(join(folder, file), 'utf8');
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'skein-edit-'))));
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => writeFile(join(folder, file), 'one(two);\none(three);\n'));

  it('is made wherever it is expected', async () => {
    await applyEdit({ file, from: /one\(/, to: 'four(', times: 2 }, folder);
    await applyEdit({ file, from: /two/, to: 'five' }, folder);
    expect(await written()).toBe('four(five);\nfour(three);\n');
  });

  it.each([/one\(/, /six/])('is refused when %s is not there just once', async (from) => {
    await expect(applyEdit({ file, from, to: '' }, folder)).rejects.toThrow('times, not 1');
    expect(await written()).toBe('one(two);\none(three);\n');
  });
});
