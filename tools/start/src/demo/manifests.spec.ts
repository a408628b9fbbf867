import { describe, expect, it } from '@jest/globals';
import { deviceManifests, fillIn, readManifest } from './manifests.js';

describe('manifests', () => {
  it('are read from the examples, with their words filled in', async () => {
    const url = 'file:///tmp/a b: #c.git';
    expect(await readManifest('repository-git.yaml', { DEMO_GIT_URL: url })).toMatchObject({
      kind: 'Repository',
      metadata: { name: 'demo-configuration' },
      spec: { type: 'git', url },
    });
  });

  it('keep the parameters that Skein fills in', async () => {
    const fleet = await readManifest('fleet.yaml', { DEMO_COMMIT: 'abc' });
    expect(JSON.stringify(fleet)).toContain('{{ .metadata.labels.site }}');
    expect(JSON.stringify(fleet)).toContain('"targetRevision":"abc"');
    expect(JSON.stringify(fleet)).toContain(`"mode":${0o640}`);
  });

  it('are refused without a value', () => {
    expect(() => fillIn('url: ${NOWHERE}', {})).toThrow('NOWHERE');
  });

  it('give every device a name and labels', async () => {
    const devices = await deviceManifests(20);
    expect(new Set(devices.map(({ metadata }) => metadata.name)).size).toBe(20);
    expect(devices[19]).toMatchObject({
      kind: 'Device',
      metadata: {
        name: 'demo-device-20',
        labels: { fleet: 'demo', site: 'turin', role: expect.any(String) },
      },
    });
  });
});
