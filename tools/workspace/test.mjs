/**
 * Runs jest on the project in the working directory and keeps its counts in
 * `.skein/test-results/` for the sum that `npm test` prints.
 * SKEIN_TEST_KIND = unit, integration or e2e runs only that kind.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A test that leaves something open must not hold up all the others. */
const LIMIT_MS = 10 * 60_000;

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const results = join(root, '.skein/test-results');
const project = relative(root, process.cwd()).replaceAll('/', '-');
mkdirSync(results, { recursive: true });

const { status, error } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js'),
    '--config',
    join(here, 'jest.config.mjs'),
    '--passWithNoTests',
    '--json',
    '--outputFile',
    join(results, `${project}.json`),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', timeout: LIMIT_MS },
);
if (error?.code === 'ETIMEDOUT') {
  process.stderr.write(`${project}: the tests did not end within ${LIMIT_MS / 60_000} minutes\n`);
}
process.exit(status ?? 1);
