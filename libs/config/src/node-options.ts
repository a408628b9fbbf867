import { extname } from 'node:path';

/** Loaded before everything else; in tests it is not built. */
const sourceMaps = new URL(`./source-maps${extname(import.meta.url)}`, import.meta.url).href;

const optionsWith = (megabytes: number): readonly string[] => [
  `--import=${sourceMaps}`,
  '--max-semi-space-size=8',
  `--max-old-space-size=${megabytes}`,
];

/**
 * How Node runs a service. A bounded heap keeps its resident memory below 300 MB also while it handles a whole fleet: Node by
 * itself would rather take more memory than collect garbage. Sizes in MiB.
 */
export const nodeOptions = optionsWith(192);

/** How Node runs a gateway at which 15,000 devices may wait, with 420 MB resident at the most. */
export const gatewayNodeOptions = optionsWith(256);
