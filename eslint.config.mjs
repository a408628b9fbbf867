/** The laws of the house that a linter can hold. Each has a fixture that breaks it in tools/architecture. */
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { plugin } from './tools/architecture/rules/plugin.mjs';
import { impureGlobals } from './tools/architecture/rules/purity.mjs';

const root = import.meta.dirname;
const typescript = '**/*.ts';
const tests = '**/*.spec.ts';
/** The only files without budgets, besides the describe blocks of tests. */
const withoutBudgets = ['**/migrations/**', '**/generated/**', '**/golden/**'];

const everywhere = {
  files: ['**/*.{ts,mjs,js}'],
  extends: [tseslint.configs.recommended],
  plugins: { skein: plugin },
  linterOptions: { noInlineConfig: true },
  rules: {
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    'skein/imports': ['error', { root }],
    'skein/no-lint-comments': 'error',
    'skein/no-export-star': 'error',
  },
};

const budgets = {
  files: ['**/*.{ts,mjs,js}'],
  ignores: withoutBudgets,
  rules: {
    'max-lines': ['error', 250],
    'max-lines-per-function': ['error', 50],
    complexity: ['error', 8],
    'max-depth': ['error', 3],
    'skein/max-params': 'error',
  },
};

const describeBlocks = { files: [tests], rules: { 'max-lines-per-function': 'off' } };

const typed = {
  files: [typescript],
  languageOptions: {
    parserOptions: {
      projectService: true,
      tsconfigRootDir: root,
      // Known to the rule for type imports, which then leaves decorated signatures alone.
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
    },
  },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/no-unnecessary-type-assertion': 'error',
    '@typescript-eslint/consistent-type-imports': 'error',
  },
};

const environment = {
  files: ['{apps,libs}/**/*.ts'],
  ignores: ['libs/config/**', 'libs/testing/**', tests],
  rules: { 'skein/environment-in-config-only': 'error' },
};

const appending = {
  files: ['{apps,libs}/**/*.{ts,mjs,js}'],
  // In tests of those who read streams, libs/testing stands in for the replayer.
  ignores: ['apps/replayer/**', 'libs/testing/**'],
  rules: { 'skein/append-in-replayer-only': 'error' },
};

const httpExceptions = {
  files: ['{apps,libs}/**/*.ts'],
  ignores: ['apps/api-gateway/**'],
  rules: { 'skein/http-exceptions-in-gateway-only': 'error' },
};

const domain = {
  files: ['libs/domain/**/*.ts'],
  ignores: [tests],
  rules: {
    'skein/domain-imports': 'error',
    'skein/domain-clock': 'error',
    'no-restricted-globals': ['error', ...impureGlobals],
  },
};

const consumers = {
  files: ['apps/*/src/*.consumer.ts'],
  rules: { 'skein/no-branches': 'error' },
};

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.skein/**'] },
  everywhere,
  budgets,
  describeBlocks,
  typed,
  environment,
  appending,
  httpExceptions,
  domain,
  consumers,
);
