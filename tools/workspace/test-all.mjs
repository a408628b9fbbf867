/**
 * `npm test`: provides the servers that tests need, runs the tests of all projects and
 * adds up what they counted. Arguments: unit, integration or e2e runs only that kind.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { provideNativeRedis } from '@skein/testing';

const root = join(fileURLToPath(import.meta.url), '../../..');
const results = join(root, '.skein/test-results');
const kinds = ['unit', 'integration', 'e2e'];
const usage = `usage: npm test [-- ${kinds.join(' | ')}]   one kind of tests; all without`;

function kindOf(argument) {
  if (argument === undefined || kinds.includes(argument)) return argument;
  process.stderr.write(`${usage}\n`);
  return process.exit(argument === '--help' ? 0 : 2);
}

function readResults() {
  const files = existsSync(results) ? readdirSync(results) : [];
  return files.map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')));
}

function counts(projects) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const result of projects) {
    sum.passed += result.numPassedTests;
    sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    sum.skipped += result.numPendingTests + result.numTodoTests;
  }
  return sum;
}

/** What failed, with jest's message, so that nobody has to look for it in a long output. */
function failuresIn({ testResults }) {
  return testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, message }) => `${relative(root, name)}\n${stripVTControlCharacters(message)}`);
}

const kind = kindOf(process.argv[2]);
rmSync(results, { recursive: true, force: true });
if (kind !== 'unit') await provideNativeRedis((line) => process.stdout.write(`skein: ${line}\n`));
const args = ['run-many', '--target=test', '--output-style=static'];
const env = { ...process.env, ...(kind && { SKEIN_TEST_KIND: kind }) };
const { status } = spawnSync('nx', args, { cwd: root, stdio: 'inherit', env });
const projects = readResults();
const { passed, failed, skipped } = counts(projects);
const failures = projects.flatMap(failuresIn);
if (failures.length > 0) process.stdout.write(`\nfailed tests:\n${failures.join('\n')}`);
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);
