import type { Scenario } from './scenario.js';
import { api } from './scenarios/api/api.js';
import { cache } from './scenarios/cache/cache.js';
import { devices } from './scenarios/devices/devices.js';
import { latency } from './scenarios/latency/latency.js';
import { logSize } from './scenarios/log-size/log-size.js';
import { restore } from './scenarios/restore/restore.js';
import { rollout } from './scenarios/rollout/rollout.js';
import { stream } from './scenarios/stream/stream.js';
import { waking } from './scenarios/waking/waking.js';

/** All scenarios, as --list shows them. */
export const scenarios: readonly Scenario[] = [
  stream,
  latency,
  restore,
  logSize,
  waking,
  rollout,
  cache,
  api,
  devices,
];
