/** What the gateway adds to the one jest configuration. */
export default {
  // `npm test` runs nothing beside them, and each waits a third of its time for servers to start.
  maxWorkers: 3,
  globalSetup: '<rootDir>/test/conformance/parse-reference.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/conformance/every.spec.ts'],
  reporters: ['default', '<rootDir>/test/conformance/stale-extensions.mjs'],
};
