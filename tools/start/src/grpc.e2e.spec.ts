import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';
import { root } from './workspace.js';

type Loose = ReturnType<typeof JSON.parse>;

let start: StartProcess;
let address: string;

beforeAll(async () => {
  start = await StartProcess.start(['--no-demo']);
  await start.line(/Running until Ctrl-C/);
  [, address] = /^gRPC +(\S+)/.exec(await start.line(/^gRPC /)) as unknown as [string, string];
}, 150_000);
afterAll(() => start?.[Symbol.asyncDispose](), 60_000);

/** Calls a method as users do, who need no protos here. */
function call(method: string, request: object): Promise<Loose> {
  const binary = join(root, 'node_modules/@bufbuild/buf/bin/buf');
  const door = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];
  const header = ['--header', `Authorization: Bearer ${start.token}`];
  const data = ['--data', JSON.stringify(request), `http://${address}/skein.v1.${method}`];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [binary, ...door, ...header, ...data], (error, text, said) => {
      if (error) reject(new Error(said));
      else resolve(JSON.parse(text));
    });
  });
}

it('npm start is reached by gRPC, and what is written there goes round the ring', async () => {
  const selector = { matchLabels: { site: 'lyon' } };
  const fleet = { metadata: { name: 'f' }, spec: { selector, template: { spec: {} } } };
  await call('FleetService/CreateFleet', { fleet });
  const device = { metadata: { name: 'd', labels: { site: 'lyon' } } };
  await call('DeviceService/CreateDevice', { device });
  await waitFor(
    async () => {
      const { device: found } = await call('DeviceService/GetDevice', { name: 'd' });
      return found.metadata.owner === 'Fleet/f' && found.metadata.annotations;
    },
    { timeoutMs: 50_000, message: 'the owner of the device' },
  );
  const { items } = await call('TemplateVersionService/ListTemplateVersions', { fleet: 'f' });
  expect(items).toHaveLength(1);
  const rendered = await call('DeviceService/GetRenderedDevice', { name: 'd' });
  expect(rendered.device.metadata.name).toBe('d');
}, 120_000);
