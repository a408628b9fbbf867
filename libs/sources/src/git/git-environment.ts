export type GitConfig = readonly (readonly [key: string, value: string])[];

/** Settings for every git process, whatever the repository: nothing that a repository or server says makes git run or ask. */
const FIXED_CONFIG: GitConfig = [
  ['core.hooksPath', '/dev/null'],
  ['core.askPass', ''],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  // Everything into packs: a fetch that was cut off then leaves only files that are easily told.
  ['fetch.unpackLimit', '1'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.version', '2'],
  ['transfer.bundleURI', 'false'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '30'],
];

/**
 * The whole environment of a git process. Configuration goes through it and not through arguments, which every user
 * of the machine can read.
 */
export function gitEnvironment(
  options: { home: string; searchPath: string; protocol?: string },
  config: GitConfig = [],
): Record<string, string> {
  const all = [...FIXED_CONFIG, ...config];
  return {
    PATH: options.searchPath,
    HOME: options.home,
    XDG_CONFIG_HOME: options.home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // An empty list allows none.
    GIT_ALLOW_PROTOCOL: options.protocol ?? '',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
