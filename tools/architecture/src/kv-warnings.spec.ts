import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const sources = ['libs/redis/src/server/*.ts', 'apps/replayer/src/kv/*.ts'];
const code = /(?:code: |\bun(?:safe|wise)\(\s*)'([a-z-]+)'/g;
const line = /^\| `([a-z-]+)` \|/gm;

const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => name!);

it('every warning about a key-value store is explained, and no other one', () => {
  const files = globSync(sources, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const page = readFileSync(join(root, 'docs/key-value-stores.md'), 'utf8');
  const [, warnings = ''] = page.split('## Each warning');
  const codes = [...new Set(found(text, code))].sort();
  expect(codes.length).toBeGreaterThan(15);
  expect(found(warnings, line).sort()).toEqual(codes);
});
