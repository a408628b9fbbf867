import { describe, expect, it } from '@jest/globals';
import { Device } from './devices.js';
import { Fleet } from './fleets.js';
import { readBody } from './problems.js';
import { Repository } from './repositories.js';

const head = { apiVersion: 'flightctl.io/v1beta1', metadata: { name: 'one' } };
const device = (spec: object) => readBody(Device, { ...head, kind: 'Device', spec }).problems;
const repository = (spec: object) =>
  readBody(Repository, { ...head, kind: 'Repository', spec }).problems;
const fleet = (spec: object) => readBody(Fleet, { ...head, kind: 'Fleet', spec }).problems;

describe('readBody', () => {
  it('names every problem by its full path, all at once', () => {
    const spec = {
      config: [
        { name: 'motd', inline: [{ path: '/etc/motd', content: 'hi', mode: 'rw' }] },
        { name: 'base', gitRef: { repository: 'r', targetRevision: 'main' } },
      ],
      resources: [{ monitorType: 'Disk', alertRules: [], samplingInterval: '0s' }],
    };
    const problems = device(spec).join('\n');
    for (const path of [
      'spec.config[0].inline[0].mode: ',
      'spec.config[1].gitRef.path: ',
      'spec.resources[0].monitorType: ',
      'spec.resources[0].samplingInterval: ',
    ]) {
      expect(problems).toContain(path);
    }
  });

  it('takes the four providers, and exactly one of them', () => {
    const gitRef = { repository: 'r', targetRevision: 'main', path: '/' };
    const items = [
      { gitRef },
      { httpRef: { repository: 'r', filePath: '/a' } },
      { inline: [{ path: '/a', content: '' }] },
      { secretRef: { name: 's', namespace: 'n', mountPath: '/s' } },
    ];
    expect(device({ config: items.map((item) => ({ name: 'a', ...item })) })).toEqual([]);
    expect(device({ config: [{ name: 'a' }] })[0]).toMatch(/^spec\.config\[0\]\.name: .*has none/);
    expect(device({ config: [{ name: 'a', ...items[0], ...items[1] }] })[0]).toContain(
      'gitRef, httpRef',
    );
  });

  it('refuses what it does not know, null, and lists of nothing', () => {
    expect(readBody(Device, { ...head, kind: 'Device', extra: 1 }).problems).toEqual([
      'extra: is not known here',
    ]);
    for (const name of ['toString', 'constructor', 'hasOwnProperty', 'valueOf']) {
      expect(readBody(Device, { ...head, kind: 'Device', [name]: 1 }).problems).toEqual([
        `${name}: is not known here`,
      ]);
      expect(device({ config: [{ name: 'a', inline: [], [name]: {} }] })).toEqual([
        `spec.config[0].${name}: is not known here`,
      ]);
      expect(repository({ type: 'git', url: { [name]: 1 } })[0]).toMatch(/^spec.url: /);
      const wrong = { name: 'one', labels: { [name]: 1 } };
      expect(readBody(Device, { ...head, kind: 'Device', metadata: wrong }).problems).toHaveLength(
        1,
      );
      const labels = { [name]: 'word' };
      const metadata = { name: 'one', labels };
      const read = readBody(Device, { ...head, kind: 'Device', metadata });
      expect([read.problems, read.resource.metadata.labels]).toEqual([[], labels]);
    }
    expect(device({ config: [null] })[0]).toContain('spec.config');
    expect(device({ os: null })[0]).toContain('spec.os');
    expect(readBody(Device, null).problems).toHaveLength(1);
    expect(readBody(Device, { ...head, kind: 'Fleet' }).problems[0]).toContain('kind: ');
    expect(readBody(Device, { kind: 'Device', apiVersion: 'v1beta1' }).problems[0]).toContain(
      'metadata: ',
    );
  });

  it('refuses a body that is nested too deep', () => {
    let values: object = {};
    for (let depth = 0; depth < 100; depth += 1) values = { values };
    const problems = device({ applications: [{ appType: 'helm', image: 'i', values }] });
    expect(problems).toEqual(['the body is nested deeper than 64']);
  });

  it('knows which members fit a type of application', () => {
    const application = (members: object) => device({ applications: [{ name: 'a', ...members }] });
    const image = 'i';
    expect(application({ appType: 'helm', image, values: {}, valuesFiles: ['a'] })).toEqual([]);
    expect(application({ appType: 'container', image, ports: ['80:80'], runAs: 'u' })).toEqual([]);
    expect(application({ appType: 'vm', inline: [], publishPorts: ['80:80'] })).toEqual([]);
    for (const [appType, members, name] of [
      ['compose', { image, ports: [] }, 'ports'],
      ['helm', { image, envVars: {} }, 'envVars'],
      ['container', { inline: [] }, 'inline'],
      ['vm', { image }, 'image'],
    ] as const) {
      expect(application({ appType, ...members })).toEqual([
        `spec.applications[0].appType: an application of type ${appType} has no ${name}`,
      ]);
    }
  });

  it('refuses text that cannot be stored', () => {
    for (const image of ['a\0b', '\ud800']) {
      expect(device({ os: { image } })[0]).toContain('no valid Unicode');
    }
    expect(device({ os: { image: 'ü😀' } })).toEqual([]);
  });

  it('knows which members fit a type of repository', () => {
    const url = 'https://example.com';
    expect(repository({ type: 'git', url, httpConfig: { username: 'u' } })).toEqual([]);
    expect(repository({ type: 'http', url, sshConfig: {} })[0]).toContain('spec.type: ');
    expect(repository({ type: 'git', url, httpConfig: {}, sshConfig: {} })[0]).toContain(
      'not both',
    );
    const ssh = { type: 'git', sshConfig: { sshPrivateKey: 'k' } };
    expect(repository({ ...ssh, url: 'ssh://git@example.com/a' })).toEqual([]);
    for (const other of ['git@example.com:a', url])
      expect(repository({ ...ssh, url: other })[0]).toContain('spec.url: ');
    expect(
      repository({ type: 'git', url: 'ssh://example.com/a', httpConfig: { token: 't' } })[0],
    ).toContain('does not go with an ssh:// URL');
    expect(repository({ type: 'oci', registry: 'r' }).length).toBeGreaterThan(1);
    expect(repository({ type: 'http', url, httpConfig: { pasword: 'x' } })).toEqual([
      'spec.httpConfig.pasword: is not known here',
    ]);
  });

  it('reads a rollout policy', () => {
    const template = { spec: {} };
    const policy = (limit: unknown) => ({
      template,
      rolloutPolicy: { deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit }] } },
    });
    for (const limit of [1, '10%']) expect(fleet(policy(limit))).toEqual([]);
    for (const limit of [0, '110%', {}]) expect(fleet(policy(limit))).toHaveLength(1);
    expect(fleet({ template, rolloutPolicy: { successThreshold: '90' } })).toHaveLength(1);
    for (const defaultUpdateTimeout of ['90s', '1h30m', '24h'])
      expect(fleet({ template, rolloutPolicy: { defaultUpdateTimeout } })).toEqual([]);
    for (const defaultUpdateTimeout of ['', '1d', '30', '30m1h'])
      expect(fleet({ template, rolloutPolicy: { defaultUpdateTimeout } })).toHaveLength(1);
    expect(fleet({ template, rolloutPolicy: { errorThreshold: '10%' } })).toEqual([]);
    expect(fleet({ template, rolloutPolicy: { errorThreshold: '101%' } })).toHaveLength(1);
    expect(fleet({ selector: { matchExpressions: [] }, template })).toHaveLength(1);
  });
});
