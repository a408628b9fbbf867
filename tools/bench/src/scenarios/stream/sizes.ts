/** How much is measured in one run, so that each takes some seconds. */
export const SIZES = {
  skein: 200_000,
  publishing: 200_000,
  bullmq: 40_000,
  graphile: 40_000,
  rawXadd: 200_000,
} as const;

/** Events that go through before the measurement, so that nobody is measured while it starts. */
export const WARM_UP = 5_000;

/** Events in one transaction, jobs in one bulk, entries in one pipeline. */
export const BATCH = 500;
