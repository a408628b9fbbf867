import { extname } from 'node:path';

/** Loaded before everything else; in tests it is not built. */
const sourceMaps = new URL(`./source-maps${extname(import.meta.url)}`, import.meta.url).href;

/** Sizes in MiB. */
const optionsWith = (young: number, old: number): readonly string[] => [
  `--import=${sourceMaps}`,
  `--max-semi-space-size=${young}`,
  `--max-old-space-size=${old}`,
];

/**
 * How Node runs a service. A bounded heap keeps its resident memory below 300 MB also while it handles a whole fleet: Node by
 * itself would rather take more memory than collect garbage.
 */
export const nodeOptions = optionsWith(8, 192);

/**
 * How Node runs a gateway at which 15,000 devices may wait. Each takes 8.5 kB of the heap for minutes, so that collecting garbage has
 * much to look at: on all cores at once nobody else would have one.
 */
export const gatewayNodeOptions = [...optionsWith(2, 248), '--v8-pool-size=1'];
