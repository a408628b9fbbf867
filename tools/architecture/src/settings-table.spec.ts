import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Credential, FromEnvironment } from '@skein/config';
import { IsString } from 'class-validator';
import { settingsTable, type ConfigType } from './settings-table.js';

const root = join(import.meta.dirname, '../../..');
const page = join(root, 'docs/configuration.md');
const between = /(?<=<!-- settings: [^\n]*-->\n\n)[^]*?(?=\n\n<!-- end of settings -->)/;
/** Columns may be padded by whoever formats the page. */
const bare = (table: string | undefined) => table?.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

class One {
  @FromEnvironment('SKEIN_ONE', 'the first')
  @IsString()
  one: string;
}

class Two extends One {
  @FromEnvironment('SKEIN_TWO', 'the second')
  two?: Credential;

  @FromEnvironment('SKEIN_THREE', 'the third')
  three: number = 3;
}

describe('the table of settings', () => {
  it('says default, readers and whether a file is read again', () => {
    const readers = new Map<string, ConfigType>([
      ['a', One],
      ['b', Two],
      ['c', One],
    ]);
    expect(settingsTable(readers).split('\n').slice(2)).toEqual([
      '| `SKEIN_ONE` | **required** | all | the first |',
      '| `SKEIN_TWO` |  | b | the second ⟳ |',
      '| `SKEIN_THREE` | `3` | b | the third |',
    ]);
  });
});

describe('docs/configuration.md', () => {
  const readers = new Map<string, ConfigType>();

  beforeAll(async () => {
    for (const file of globSync('apps/*/src/*.config.ts', { cwd: root }).sort()) {
      const types = Object.values((await import(join(root, file))) as Record<string, ConfigType>);
      readers.set(file.split('/')[1]!, types[0]!);
    }
  });

  it('has every setting of every app (SKEIN_WRITE_DOCS=1 writes them)', () => {
    const table = settingsTable(readers);
    expect(readers.size).toBeGreaterThanOrEqual(7);
    const text = readFileSync(page, 'utf8');
    if (process.env['SKEIN_WRITE_DOCS'])
      writeFileSync(
        page,
        text.replace(between, () => table),
      );
    expect(bare(between.exec(readFileSync(page, 'utf8'))?.[0])).toBe(bare(table));
  });
});
