/** The resources that the tests of the door send, as their users write them. */

export const apiVersion = 'flightctl.io/v1beta1';

export const device = (name: string, more: { metadata?: object; spec?: object } = {}) => ({
  apiVersion,
  kind: 'Device',
  metadata: { name, ...more.metadata },
  ...(more.spec && { spec: more.spec }),
});

export const fleet = (name: string, spec: object = {}) => ({
  apiVersion,
  kind: 'Fleet',
  metadata: { name },
  spec: { selector: { matchLabels: { site: 'lyon' } }, template: { spec: {} }, ...spec },
});

export const repository = (name: string, spec: object = {}) => ({
  apiVersion,
  kind: 'Repository',
  metadata: { name },
  spec: { type: 'git', url: 'https://example.com/r.git', ...spec },
});

/** An item of a configuration that refers to a repository. */
export const gitItem = (name: string) => ({
  name: 'base',
  gitRef: { repository: name, targetRevision: 'main', path: '/' },
});
