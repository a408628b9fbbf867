/** The import laws: what a layer may import, and that nobody imports the index of the own project. */
import { posix, relative } from 'node:path';
import { folderOf, mayImport, projectOf } from '../../workspace/layers.mjs';

const testFile = /\.spec\.ts$/;

/** `@skein/x` → its folder; a relative path → the folder that it leads to; anything else → undefined. */
function targetOf(path, specifier) {
  if (specifier.startsWith('@skein/')) return folderOf(specifier.split('/').slice(0, 2).join('/'));
  if (!specifier.startsWith('.')) return undefined;
  return projectOf(`${posix.join(posix.dirname(path), specifier)}/`);
}

function relativeFault(from, to, specifier) {
  if (!specifier.startsWith('.') || from === to) return undefined;
  // Plain scripts that run before anything is built have no package to import.
  return from.startsWith('tools/') && to?.startsWith('tools/') ? undefined : 'relative';
}

function packageFault(path, from, to, specifier) {
  if (!specifier.startsWith('@skein/')) return undefined;
  if (from === to) return 'ownIndex';
  if (specifier.split('/').length > 2) return 'inside';
  return mayImport(from, to, { test: testFile.test(path) }) ? undefined : 'layer';
}

function isOwnIndex(path, from, specifier) {
  if (!specifier.startsWith('.')) return false;
  const target = posix.join(posix.dirname(path), specifier).replace(/\/$/, '');
  return [
    `${from}/src`,
    `${from}/src/index`,
    `${from}/src/index.js`,
    `${from}/src/index.ts`,
    from,
  ].includes(target);
}

/**
 * Judges one import: undefined, or which law it breaks (`ownIndex`, `relative`, `inside`, `layer`).
 * `path` is the importing file, relative to the workspace, with forward slashes.
 */
export function judgeImport(path, specifier) {
  const from = projectOf(path);
  if (!from) return undefined;
  if (isOwnIndex(path, from, specifier)) return 'ownIndex';
  const to = targetOf(path, specifier);
  return relativeFault(from, to, specifier) ?? packageFault(path, from, to, specifier);
}

export const imports = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { root: { type: 'string' } } }],
    messages: {
      ownIndex: "'{{specifier}}' is the project's own index: import the file that has it.",
      relative: "'{{specifier}}' leaves the project: import the package by its name.",
      inside: "'{{specifier}}' reaches into a package: import its one entry.",
      layer: "'{{specifier}}' is out of reach from here: see tools/workspace/layers.mjs.",
    },
  },
  create(context) {
    const path = relative(context.options[0].root, context.filename).replaceAll('\\', '/');
    const check = (node) => {
      if (typeof node?.value !== 'string') return;
      const messageId = judgeImport(path, node.value);
      if (messageId) context.report({ node, messageId, data: { specifier: node.value } });
    };
    return {
      'ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression, TSImportType':
        (node) => check(node.source),
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0]),
      TSExternalModuleReference: (node) => check(node.expression),
    };
  },
};
