/** The domain is pure: no I/O, no clock, no randomness. What it may import is named; the rest is refused. */
import { forbid } from './forbid.mjs';

const allowed = String.raw`/^(\.|@skein\u002F|node:crypto$|yaml$)/`;

const sources = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
].map((kind) => `${kind}[source.type='Literal']:not([source.value=${allowed}])`);

export const domainImports = forbid(
  'The domain imports its own files, domain/resource, events, yaml and createHash: nothing else.',
  ...sources,
  "ImportDeclaration[source.value='node:crypto'] > ImportSpecifier[imported.name!='createHash']",
  "ImportDeclaration[source.value='node:crypto'] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)",
  "ExportNamedDeclaration[source.value='node:crypto']",
  "ImportExpression[source.type!='Literal']",
  "ImportExpression[source.value='node:crypto']",
);

export const domainClock = forbid(
  'The domain has no clock and no randomness: take the time and ids as arguments.',
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.name='Date'][property.value='now']",
  "MemberExpression[object.name='Math'][property.name='random']",
  "MemberExpression[object.name='Math'][property.value='random']",
  'VariableDeclarator[init.name=/^(Date|Math)$/] > ObjectPattern',
);

/** Globals that reach out of a function; the linter knows whether a name is the global one. */
export const impureGlobals = [
  'process',
  'fetch',
  'crypto',
  'performance',
  'console',
  'globalThis',
  'global',
  'require',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'WebSocket',
  'Temporal',
];
