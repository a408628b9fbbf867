export { Expander } from './expander.js';
export type { ItemProblem } from './item-problem.js';
export { checkTemplate, expand, hasParameters } from './language/expand.js';
export type { TemplateLimits } from './language/limits.js';
export { defaultTemplateLimits } from './language/limits.js';
export type { TemplateErrorCode, TemplatePosition } from './language/template-error.js';
export { TemplateError } from './language/template-error.js';
export type { TemplateDevice } from './language/values.js';
export type { CheckedPath } from './paths.js';
export { baseName, checkFilePath, climbs } from './paths.js';
export type {
  GitReference,
  HttpReference,
  Reference,
  RepositoryReference,
  SecretReference,
} from './references.js';
export {
  holdsSecrets,
  isOfRepository,
  referenceDigest,
  references,
  resolveReferences,
} from './references.js';
export type { Watched } from './watched.js';
export { watchedFrom, watchedOf, watchedText } from './watched.js';
