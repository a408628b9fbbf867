/** What the gateway adds to the one jest configuration. */
export default {
  // `npm test` runs nothing beside them, and much of their time is waiting for servers that start.
  maxWorkers: 3,
  globalSetup: '<rootDir>/test/conformance/parse-reference.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/conformance/every.spec.ts'],
  reporters: ['default', '<rootDir>/test/conformance/stale-extensions.mjs'],
};
