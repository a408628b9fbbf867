import { Gateway1800000000000 } from './1-gateway.js';
import { Names1800000000001 } from './2-names.js';
import { Rollouts1800000000002 } from './3-rollouts.js';
import { Access1800000000003 } from './4-access.js';
import { Labels1800000000004 } from './5-labels.js';
import { IdempotencyKeys1800000000005 } from './6-idempotency-keys.js';
import { DeviceTokens1800000000006 } from './7-device-tokens.js';

/** In the order in which they run. */
export const migrations = [
  Gateway1800000000000,
  Names1800000000001,
  Rollouts1800000000002,
  Access1800000000003,
  Labels1800000000004,
  IdempotencyKeys1800000000005,
  DeviceTokens1800000000006,
];
