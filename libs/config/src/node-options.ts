/**
 * How Node runs a service. A bounded heap keeps its resident memory below 300 MB also while it handles a whole fleet: Node by
 * itself would rather take more memory than collect garbage. Sizes in MiB.
 */
export const nodeOptions: readonly string[] = [
  '--enable-source-maps',
  '--max-semi-space-size=8',
  '--max-old-space-size=192',
];
