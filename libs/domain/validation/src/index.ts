export type { Attempt, FleetState, NewTemplateVersion, Verdict } from './decide-validation.js';
export { decideValidation } from './decide-validation.js';
export { templateProblems } from './template-problems.js';
export type { ExternalReferences } from './external-references.js';
export { externalReferences } from './external-references.js';
export type { RepositoryStates } from './template-version.js';
export { contentDigest, versionName } from './template-version.js';
