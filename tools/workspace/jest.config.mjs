/** One jest configuration for all projects; the project is the working directory, and may add to it in `test/jest.mjs`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compiler } from './compiler.mjs';

const patterns = {
  unit: ['**/!(*.integration|*.e2e).spec.ts'],
  integration: ['**/*.integration.spec.ts'],
  e2e: ['**/*.e2e.spec.ts'],
  all: ['**/*.spec.ts'],
};

const own = join(process.cwd(), 'test/jest.mjs');
const additions = existsSync(own) ? (await import(own)).default : {};

export default {
  rootDir: process.cwd(),
  roots: ['<rootDir>/src'],
  testMatch: patterns[process.env.SKEIN_TEST_KIND ?? 'all'],
  testEnvironment: 'node',
  // Ends what hangs; how fast something is, the benches say.
  testTimeout: 120_000,
  maxWorkers: 2,
  // What one test file leaves in memory must not add up over all of them.
  workerIdleMemoryLimit: '768MB',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@skein/source', 'node', 'node-addons'] },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...compiler, sourceMaps: 'inline' }] },
  ...additions,
};
