export type { Attempt, FleetState, NewTemplateVersion, Verdict } from './decide-validation.js';
export { decideValidation } from './decide-validation.js';
export { templateProblems } from './template-problems.js';
export type { ExternalReference } from './external-references.js';
export { externalReferences } from './external-references.js';
export { contentDigest, versionName } from './template-version.js';
