/** What the gateway adds to the one jest configuration. */
export default {
  globalSetup: '<rootDir>/test/conformance/parse-reference.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/conformance/every.spec.ts'],
  reporters: ['default', '<rootDir>/test/conformance/stale-extensions.mjs'],
};
