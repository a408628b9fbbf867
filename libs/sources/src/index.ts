export { decodeBundle, encodeBundle } from './bundle.js';
export { freeze } from './freeze.js';
export type { ContentStore, Frozen } from './freeze.js';
export { checkItems, freezeItems } from './freeze-items.js';
export type { FreezeContext, FrozenItems, ItemFailure, ItemReference } from './freeze-items.js';
export { KubernetesSecretWatch } from './kubernetes/secret-watch.js';
export type { KubernetesConnection, KubernetesSettings } from './kubernetes/kubernetes-settings.js';
export type { Address, Resolve } from './outbound-guard.js';
export type { Probed } from './probed.js';
export { accessTo } from './repository-access.js';
export type { CredentialOpener, DescribedRepository } from './repository-access.js';
export { DEFAULT_LIMITS } from './settings.js';
export type { SourceLimits, SourceSettings } from './settings.js';
export { SourceError } from './source-error.js';
export type { SourceErrorCode } from './source-error.js';
export type {
  Credentials,
  Fetched,
  Fetching,
  FetchedFile,
  GitRequest,
  HttpRequest,
  RepositoryAccess,
  SecretRequest,
  SecretWatch,
  SecretWatchOptions,
  SeenSecret,
  Source,
  SourceRequest,
} from './source.js';
export { createSources } from './sources.js';
export { urlOf } from './url-of.js';
export { watchedRequest } from './watched.js';
export type { Watched } from './watched.js';
