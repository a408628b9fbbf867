/** The laws of the house as lint rules. Where each applies stands in eslint.config.mjs. */
import { comments } from './comments.mjs';
import { forbid } from './forbid.mjs';
import { imports } from './imports.mjs';
import { domainClock, domainImports } from './purity.mjs';

const xadd = '/xadd/i';
const nestCommon = String.raw`/^@nestjs\u002Fcommon/`;
const aFunction =
  ':matches(FunctionDeclaration, ArrowFunctionExpression, FunctionExpression, TSDeclareFunction, TSEmptyBodyFunctionExpression, TSMethodSignature)';

const rules = {
  imports,
  'no-lint-comments': comments,
  'domain-imports': domainImports,
  'domain-clock': domainClock,
  'no-export-star': forbid('Name what is exported.', 'ExportAllDeclaration'),
  'append-in-replayer-only': forbid(
    'Only the replayer appends to streams.',
    `Identifier[name=${xadd}]`,
    `PrivateIdentifier[name=${xadd}]`,
    `Literal[value=${xadd}]`,
    `TemplateElement[value.raw=${xadd}]`,
  ),
  'environment-in-config-only': forbid(
    'Only libs/config reads the environment.',
    "MemberExpression[object.name='process']:matches([property.name='env'], [property.value='env'])",
    "MemberExpression[object.property.name='process'][property.name='env']",
    "VariableDeclarator[init.name='process'] > ObjectPattern",
    "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
    'ImportDeclaration[source.value=/^(node:)?process$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)',
    'ImportExpression[source.value=/^(node:)?process$/]',
  ),
  'http-exceptions-in-gateway-only': forbid(
    'HTTP exceptions exist in the gateway only: throw a typed error.',
    `ImportDeclaration[source.value=${nestCommon}] > ImportSpecifier[imported.name=/Exception$/]`,
    `ImportDeclaration[source.value=${nestCommon}] > ImportNamespaceSpecifier`,
    `ExportNamedDeclaration[source.value=${nestCommon}] > ExportSpecifier[local.name=/Exception$/]`,
    `ImportExpression[source.value=${nestCommon}]`,
  ),
  'no-branches': forbid(
    'A consumer hands over and decides nothing: move the branch to the task or the domain.',
    'IfStatement, SwitchStatement, ConditionalExpression, LogicalExpression',
    'AssignmentExpression[operator=/^(&&|[|][|]|[?][?])=$/]',
  ),
  'max-params': forbid(
    'More than 4 parameters (constructors: 6): pass an object.',
    `:not(MethodDefinition[kind='constructor']) > ${aFunction}[params.length>4]`,
    "MethodDefinition[kind='constructor'] > [params.length>6]",
  ),
};

export const plugin = { meta: { name: 'skein' }, rules };
