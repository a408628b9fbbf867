/**
 * Infers every project of the workspace from its package.json: the folder says
 * what it is, so no project repeats its targets or its tags.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layerOf, roomOf } from './layers.mjs';

/** Its tests are so many that they would not end within their time beside others. */
const largest = 'apps/api-gateway';

/** Whether a project has tests that run the built services. */
function runsServices(source) {
  return readdirSync(source).some((file) => file.endsWith('.e2e.spec.ts'));
}

/** Commands run in the project's folder, whose depth differs: domain rooms lie one deeper. */
function targetsFor(root, folder) {
  const up = folder.replaceAll(/[^/]+/g, '..');
  const run = (command, more = {}) => ({
    executor: 'nx:run-commands',
    options: { command, cwd: folder },
    ...more,
  });
  const lint = run('eslint --no-warn-ignored --no-error-on-unmatched-pattern .');
  const source = join(root, folder, 'src');
  if (!existsSync(source)) return { lint };
  const onServices = runsServices(source);
  return {
    lint,
    build: run(`node ${up}/tools/workspace/build.mjs`),
    test: run(`node ${up}/tools/workspace/test.mjs`, {
      // Services that are watched for being late have the machine to themselves.
      parallelism: !onServices && folder !== largest,
      ...(onServices && { dependsOn: [{ projects: '*', target: 'build' }] }),
    }),
  };
}

function project(root, packageFile) {
  const folder = dirname(packageFile);
  const { name } = JSON.parse(readFileSync(join(root, packageFile), 'utf8'));
  const tags = [`layer:${layerOf(folder)}`, `room:${roomOf(folder)}`];
  return {
    [folder]: {
      root: folder,
      name: name.replace('@skein/', ''),
      tags,
      targets: targetsFor(root, folder),
    },
  };
}

export const name = 'skein-workspace';

export const createNodesV2 = [
  '{apps,libs,libs/domain,tools}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => [file, { projects: project(workspaceRoot, file) }]),
];
