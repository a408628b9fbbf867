/**
 * Infers every project of the workspace from its package.json: the folder says
 * what it is, so no project repeats its targets or its tags.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layerOf, roomOf } from './layers.mjs';

const targets = {
  build: { command: 'node ../../tools/workspace/build.mjs' },
  test: { command: 'node ../../tools/workspace/test.mjs' },
  lint: { command: 'eslint --no-warn-ignored --no-error-on-unmatched-pattern .' },
};

/** Commands run in the project's folder, whose depth differs: domain rooms lie one deeper. */
function targetsFor(root, folder) {
  const up = folder
    .split('/')
    .map(() => '..')
    .join('/');
  const has = {
    build: existsSync(join(root, folder, 'src')),
    test: existsSync(join(root, folder, 'src')),
    lint: true,
  };
  return Object.fromEntries(
    Object.entries(targets)
      .filter(([name]) => has[name])
      .map(([name, target]) => [
        name,
        {
          executor: 'nx:run-commands',
          options: { command: target.command.replace('../..', up), cwd: folder },
        },
      ]),
  );
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
