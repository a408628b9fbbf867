export type { ContentProblem, FrozenFile, FrozenItem } from './config-files.js';
export type { NeededReference } from './needed-references.js';
export { dependsOnDevice, neededReferences } from './needed-references.js';
export type { RenderInput, RenderResult } from './render.js';
export { render } from './render.js';
export type { RenderedConfigItem, RenderedDocument, RenderedFile } from './rendered-document.js';
export { documentDigest } from './rendered-document.js';
