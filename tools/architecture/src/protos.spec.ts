import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
let copy: string;
const device = () => join(copy, 'libs/api/proto/skein/v1/device.proto');

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'skein-protos-'));
  for (const folder of ['libs/api', 'tools/workspace']) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

function protos(command: string) {
  const tool = join(copy, 'tools/workspace/protos.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, command]);
  return { status, text: `${stdout.toString()}${stderr.toString()}` };
}

function changed(from: string, to: string): void {
  const text = readFileSync(device(), 'utf8');
  expect(text).toContain(from);
  writeFileSync(device(), text.replace(from, to));
}

describe('the protos', () => {
  it('are as they should be, and what is generated of them is up to date', () => {
    expect(protos('check')).toEqual({ status: 0, text: '' });
  });

  it.each([
    ['break a name', 'optional string info = 2;', 'optional string Info = 2;', /lower_snake_case/],
    ['break the format', '  optional string info = 2;', 'optional  string info = 2;', /^-/m],
    ['break a client', '  int64 total = 1;', '  string total = 1;', /changed type/],
    [
      'are not generated',
      '  int64 total = 1;',
      '  int64 total = 1;\n  int64 more = 9;',
      /run npm run protos/,
    ],
  ])('are noticed when they %s', (_what, from, to, said) => {
    changed(from, to);
    const { status, text } = protos('check');
    changed(to, from);
    expect(text).toMatch(said);
    expect(status).toBe(1);
  });
});
