import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DeviceSpec } from '@skein/domain-resource';
import { asJsonSchema } from '@skein/testing';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import type { FrozenItem } from './config-files.js';
import { render } from './render.js';
import type { RenderedDocument } from './rendered-document.js';

/** Folder of the reference documents; without it these tests are reported as skipped. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const suite = reference ? describe : describe.skip;

/** What the agent's document says of the answer that holds a rendered device. */
const ANSWER =
  'reference:/agent/v1beta1/openapi.yaml#/paths/~1devices~1%7Bname%7D~1rendered/get/responses/200' +
  '/content/application~1json/schema';

let validate: ValidateFunction;

function documentOf(name: 'agent' | 'core') {
  const text = readFileSync(join(reference!, `flightctl-${name}-v1beta1.openapi.yaml`), 'utf8');
  const schema = asJsonSchema(parse(text, { merge: true, maxAliasCount: -1 }));
  return { ...schema, $id: `reference:/${name}/v1beta1/openapi.yaml` };
}

const site = '{{ .metadata.labels.site }}';
const name = '{{ .metadata.name | upper }}';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Every kind of item, with device parameters wherever they may stand. */
const spec: DeviceSpec = {
  os: { image: `registry.example.com/os:${site}` },
  config: [
    {
      name: 'tree',
      gitRef: { repository: 'config', targetRevision: `release-${site}`, path: `/sites/${site}` },
    },
    {
      name: 'feed',
      httpRef: { repository: 'web', suffix: `/${site}`, filePath: `/var/lib/${site}.bin` },
    },
    {
      name: 'files',
      inline: [
        { path: `/etc/${site}/motd`, content: `I am ${name}`, mode: 0o600, user: 'core' },
        { path: '/etc/encoded', content: base64(name), contentEncoding: 'base64', group: '100' },
        { path: '/usr/bin/run', content: '', mode: 0o4755 },
      ],
    },
  ],
  applications: [
    {
      name: 'web',
      appType: 'container',
      image: `registry.example.com/web:${site}`,
      envVars: { SITE: site },
      ports: ['8080:80'],
      resources: { limits: { cpu: '0.5', memory: '256m' } },
      volumes: [
        { name: 'data', image: { reference: `registry.example.com/data:${site}` } },
        { name: 'cache', mount: { path: '/cache' } },
      ],
    },
    {
      name: 'stack',
      appType: 'compose',
      inline: [{ path: 'compose.yaml', content: `services: { ${site}: { image: a } }` }],
    },
    {
      name: 'units',
      appType: 'quadlet',
      inline: [{ path: 'a.container', content: base64(name), contentEncoding: 'base64' }],
    },
    {
      name: 'chart',
      appType: 'helm',
      image: 'registry.example.com/chart:1',
      namespace: 'edge',
      values: { replicas: 2, text: '{{ .Values.helm }}' },
      valuesFiles: ['edge.yaml'],
    },
  ],
  systemd: { matchPatterns: ['chronyd.service'] },
  resources: [
    {
      monitorType: 'Disk',
      path: '/var',
      samplingInterval: '30s',
      alertRules: [{ severity: 'Warning', duration: '10m', percentage: 75, description: 'full' }],
    },
  ],
  updatePolicy: { downloadSchedule: { at: '0 2 * * *', startGraceDuration: '1h' } },
};

const binary = Buffer.from([0xff, 0x00, 0xfe]);
const frozen: Record<string, FrozenItem> = {
  tree: {
    revision: 'abc',
    files: [
      { path: 'etc/app.conf', mode: 0o100644, content: Buffer.from('a=1\n') },
      { path: 'usr/local/bin/app', mode: 0o100755, content: Buffer.from('#!/bin/sh\n') },
    ],
  },
  feed: { revision: 'sha256:0', files: [{ path: 'body', mode: 0o644, content: binary }] },
};

function rendered(): RenderedDocument {
  const result = render({ device: { name: 'edge-01', labels: { site: 'lyon' } }, spec, frozen });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.document;
}
/** As the gateway answers it to an agent. */
const answerWith = (document: unknown) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name: 'edge-01', annotations: { 'device-controller/renderedVersion': '1' } },
  spec: document,
});
const faults = (document: unknown) => (validate(answerWith(document)) ? [] : validate.errors);

suite('a rendered document, by the reference documents', () => {
  beforeAll(() => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
    formats.default(ajv);
    ajv.addSchema(documentOf('core'));
    ajv.addSchema(documentOf('agent'));
    validate = ajv.getSchema(ANSWER)!;
  });

  it('has the shape that an agent expects, with every kind of item in it', () => {
    expect(faults(rendered())).toEqual([]);
  });

  it('shows a fault when there is one', () => {
    const document = rendered();
    expect(faults({ ...document, os: 'image' })).not.toEqual([]);
    expect(faults({ ...document, config: [{ name: 'a', inline: [{ path: 1 }] }] })).not.toEqual([]);
    expect(faults({ ...document, applications: [{ name: 'a' }] })).not.toEqual([]);
  });
});

/** A file of an Ignition configuration (3.x), as an agent makes it of a rendered one. */
function ignitionFile({
  path,
  content,
  contentEncoding,
  mode,
  user,
  group,
}: {
  path: string;
  content: string;
  contentEncoding: 'plain' | 'base64';
  mode: number;
  user?: string;
  group?: string;
}) {
  const encoded = contentEncoding === 'base64' ? content : Buffer.from(content).toString('base64');
  return {
    path,
    mode,
    overwrite: true,
    contents: { source: `data:;base64,${encoded}` },
    ...(user !== undefined && { user: { name: user } }),
    ...(group !== undefined && { group: { id: Number(group) } }),
  };
}

describe('the files of a rendered document', () => {
  it('are inline, whatever they came from, and nothing of the device is left to expand', () => {
    const { config, ...others } = rendered();
    for (const item of config) expect(Object.keys(item)).toEqual(['name', 'inline']);
    const helm = JSON.stringify(others).replace('{{ .Values.helm }}', '');
    expect(JSON.stringify(config) + helm).not.toContain('{{');
  });

  it('have all that an Ignition file needs, byte for byte', async () => {
    const files = rendered().config.flatMap(({ inline }) => inline.map(ignitionFile));
    const bytesOf = async (source: string) =>
      Buffer.from(await (await fetch(source)).arrayBuffer()).toString('latin1');
    const found = files.map(async ({ contents, ...file }) => ({
      ...file,
      content: await bytesOf(contents.source),
    }));
    const overwrite = true;
    expect(await Promise.all(found)).toEqual([
      { path: '/etc/app.conf', mode: 0o644, overwrite, content: 'a=1\n' },
      { path: '/usr/local/bin/app', mode: 0o755, overwrite, content: '#!/bin/sh\n' },
      { path: '/var/lib/lyon.bin', mode: 0o644, overwrite, content: binary.toString('latin1') },
      {
        path: '/etc/lyon/motd',
        mode: 0o600,
        overwrite,
        user: { name: 'core' },
        content: 'I am EDGE-01',
      },
      { path: '/etc/encoded', mode: 0o644, overwrite, group: { id: 100 }, content: 'EDGE-01' },
      { path: '/usr/bin/run', mode: 0o4755, overwrite, content: '' },
    ]);
  });
});
