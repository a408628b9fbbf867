import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { entriesOf } from '@skein/testing';
import { agentEntries, extensions } from '../test/conformance/extensions.js';

const guide = readFileSync(new URL('../../../docs/flightctl.md', import.meta.url), 'utf8');
const HELD_BY_THE_LIST = /\*\*There is more\*\*[\s\S]*(?=\| \*\*The same, done otherwise)/;

/** What the first column of the rows names that the list of extensions holds. */
const named = guide
  .match(HELD_BY_THE_LIST)![0]
  .split('\n')
  .map((row) => row.split('|')[1] ?? '')
  .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

const entries = [...entriesOf(extensions), ...agentEntries];

/** How the guide names an entry: paths stand for all that is below them. */
function isNamed(entry: string, name: string): boolean {
  const [sort, ...words] = entry.split(' ');
  const last = words.at(-1)!;
  if (sort === 'parameters') return name === `?${last}`;
  return last === name || (name.startsWith('/') && last.startsWith(`${name}/`));
}

it('names all that Skein has beyond the document or not at all', () => {
  const missing = entries.filter((entry) => !named.some((name) => isNamed(entry, name)));
  expect(missing).toEqual([]);
});

it('names nothing else there', () => {
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !entries.some((entry) => isNamed(entry, name)))).toEqual([]);
});
