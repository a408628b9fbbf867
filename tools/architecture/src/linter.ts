import { join } from 'node:path';
import { ESLint } from 'eslint';

/** The root of the workspace. */
export const root = join(import.meta.dirname, '../../..');

/** The rules whose facts come from the type checker; they need a file that exists. */
const typedRules = [
  'no-floating-promises',
  'no-misused-promises',
  'await-thenable',
  'no-unnecessary-type-assertion',
].map((rule) => `@typescript-eslint/${rule}`);

const untyped = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: Object.fromEntries(typedRules.map((rule) => [rule, 'off'])),
  },
});

const typed = new ESLint({ cwd: root, errorOnUnmatchedPattern: false });

async function refusals(linter: ESLint, path: string, text: string): Promise<string[]> {
  const [result] = await linter.lintText(text, { filePath: join(root, path) });
  return [...new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message))];
}

/** The names of the rules that refuse this text at this path; the file need not exist. */
export function lint(path: string, text: string): Promise<string[]> {
  return refusals(untyped, path, text);
}

/** As `lint`, with the typed rules: the path must be one of an existing file. */
export function lintTyped(path: string, text: string): Promise<string[]> {
  return refusals(typed, path, text);
}
