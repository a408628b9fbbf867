import { bullmq } from './bullmq.js';
import { graphile } from './graphile.js';
import { rawXadd } from './raw-xadd.js';
import type { Rival } from './rival.js';

export type { Rival } from './rival.js';

export const rivals = { bullmq, graphile, rawXadd } as const satisfies Record<string, Rival>;
export type RivalName = keyof typeof rivals;
