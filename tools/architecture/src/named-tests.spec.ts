import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');

/** Documents with tables whose last column names tests, and where those are that stand there without a folder. */
const pages = {
  'docs/security.md': 'apps/api-gateway/src',
  'docs/limits.md': 'apps/api-gateway/src',
  'docs/adr/0025-untrusted-input.md': 'libs/sources/src',
};

const endings = ['spec.ts', 'integration.spec.ts', 'e2e.spec.ts'];

/** The tests that the tables of a page name, as they stand there. */
function testsNamed(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const named: string[] = [];
  let isOfTests = false;
  for (const row of rows) {
    const last = row.split('|').at(-2)!.trim();
    if (/^(test|limit|setting|REST|gRPC|with what|counted by|what happens)$/.test(last)) {
      isOfTests = last === 'test';
    } else if (isOfTests) {
      named.push(...[...last.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    }
  }
  return named;
}

/** A test, or a folder of tests. */
function isThere(name: string, folder: string): boolean {
  if (existsSync(join(root, name, 'src'))) return true;
  const files = [name, `${folder}/${name}`].flatMap((base) =>
    endings.map((end) => `${base}.${end}`),
  );
  return files.some((file) => existsSync(join(root, file)) || isSomewhere(folder, file));
}

/** `parse-selector` is where selectors are parsed, whatever room that is. */
const isSomewhere = (folder: string, file: string): boolean =>
  file.startsWith(folder) &&
  globSync(`{apps,libs,tools}/**/src/**/${file.slice(folder.length + 1)}`, { cwd: root }).length >
    0;

describe('tests that documents name', () => {
  it('are found in their tables', () => {
    const table = '| threat | test |\n|---|---|\n| x `y` | `a`, `b` (3); `libs/c/src/d` |\n';
    expect(testsNamed(table)).toEqual(['a', 'b', 'libs/c/src/d']);
    expect(isThere('nothing-of-that-name', 'libs/sources/src')).toBe(false);
  });

  it.each(Object.entries(pages))('are there: %s', (page, folder) => {
    const named = testsNamed(readFileSync(join(root, page), 'utf8'));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !isThere(name, folder))).toEqual([]);
  });
});
