import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { guideBlocks, type GuideBlock } from '../test/guide-blocks.js';
import { StartProcess } from '../test/start-process.js';
import { root } from './workspace.js';

type Loose = ReturnType<typeof JSON.parse>;

/** Where the guide calls the API. */
const WRITTEN_URL = 'http://127.0.0.1:8080';
const LIMIT_MS = 60_000;

const blocks = guideBlocks(readFileSync(join(root, 'docs/api.md'), 'utf8'));
const missing = ['bash', 'curl', 'jq'].find((tool) => spawnSync(tool, ['--version']).error);
const suite = missing ? describe.skip : describe;

let start: StartProcess;
let grpcAddress: string;
let folder: string;

function run(command: string): string {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-e', '-u', '-c', command.replaceAll(WRITTEN_URL, start.gatewayUrl)],
    {
      cwd: folder,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      env: { ...process.env, SKEIN_TOKEN: start.token },
    },
  );
  if (status === 0) return stdout;
  throw new Error(`${command}ended with ${status}\n${stdout}\n${stderr}\n${start.output}`);
}

function expectOutput(written: string, { language, text }: NonNullable<GuideBlock['output']>) {
  if (language === 'json') expect(JSON.parse(written)).toEqual(JSON.parse(text));
  else expect(written.trim()).toBe(text.trim());
}

/** Calls a method as users do, who need no protos here. */
function callByGrpc(method: string, request: object): Promise<Loose> {
  const binary = join(root, 'node_modules/@bufbuild/buf/bin/buf');
  const door = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];
  const header = ['--header', `Authorization: Bearer ${start.token}`];
  const data = ['--data', JSON.stringify(request), `http://${grpcAddress}/skein.v1.${method}`];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [binary, ...door, ...header, ...data], (error, text, said) => {
      if (error) reject(new Error(said));
      else resolve(JSON.parse(text));
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-guide-'));
  start = await StartProcess.start(['--no-demo']);
  await start.line(/Running until Ctrl-C/);
  [, grpcAddress] = /^gRPC +(\S+)/.exec(await start.line(/^gRPC /)) as unknown as [string, string];
}, 180_000);
afterAll(async () => {
  await start?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

suite(`docs/api.md${missing ? `: there is no ${missing} here` : ''}`, () => {
  it.each(blocks.map((block) => [block.name, block] as const))(
    'does what it says: %s',
    (_name, { command, output }) => {
      const written = run(command);
      if (output) expectOutput(written, output);
    },
    2 * LIMIT_MS,
  );
});

it('what is written by gRPC goes round the ring', async () => {
  const selector = { matchLabels: { site: 'by-grpc' } };
  const fleet = { metadata: { name: 'grpc-fleet' }, spec: { selector, template: { spec: {} } } };
  await callByGrpc('FleetService/CreateFleet', { fleet });
  const device = { metadata: { name: 'grpc-device', labels: { site: 'by-grpc' } } };
  await callByGrpc('DeviceService/CreateDevice', { device });
  await waitFor(
    async () => {
      const { device: found } = await callByGrpc('DeviceService/GetDevice', {
        name: 'grpc-device',
      });
      return found.metadata.owner === 'Fleet/grpc-fleet' && found.metadata.annotations;
    },
    { timeoutMs: 50_000, message: 'the owner of the device' },
  );
  const { items } = await callByGrpc('TemplateVersionService/ListTemplateVersions', {
    fleet: 'grpc-fleet',
  });
  expect(items).toHaveLength(1);
  const rendered = await callByGrpc('DeviceService/GetRenderedDevice', { name: 'grpc-device' });
  expect(rendered.device.metadata.name).toBe('grpc-device');
}, 120_000);
