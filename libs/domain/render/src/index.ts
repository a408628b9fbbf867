export type { FrozenFile, FrozenItem } from './config-files.js';
export type { RenderInput, RenderResult } from './render.js';
export { render } from './render.js';
export type { RenderedConfigItem, RenderedDocument, RenderedFile } from './rendered-document.js';
export { documentDigest } from './rendered-document.js';
