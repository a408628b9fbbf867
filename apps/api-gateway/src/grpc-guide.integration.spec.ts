import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/grpc.md'), 'utf8');
const examples = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, text]) => text!);
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
let folder: string;

beforeAll(async () => {
  await door.open('rollout');
  folder = mkdtempSync(join(tmpdir(), 'skein-guide-'));
  for (const name of ['libs', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, '.skein'));
  writeFileSync(join(folder, '.skein/api.token'), 'any\n');
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

/** Runs the lines of the guide as its readers do. */
function run(script: string): Promise<{ code: number | null; text: string }> {
  const lines = script.replaceAll('127.0.0.1:9090', `127.0.0.1:${door.port}`);
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const shell = spawn('bash', ['-euc', lines], { cwd: folder, env: { ...process.env, PATH } });
  let text = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (part) => (text += part));
  return new Promise((resolve) => shell.once('close', (code) => resolve({ code, text })));
}

describe('the guide to gRPC', () => {
  it('has examples that work', async () => {
    expect(examples.length).toBeGreaterThan(3);
    const { code, text } = await run(examples.join('\n'));
    expect([code, text]).toEqual([0, expect.stringContaining('"version"')]);
    const { body } = await door.call('GET', '/fleets/kiosks');
    expect(body.spec.template.spec.os.image).toBe('quay.io/example/kiosk:2');
    expect(body.metadata.labels).toEqual({});
    expect((await door.call('GET', '/devices/kiosk-1')).code).toBe(200);
  });

  it('would show one that does not', async () => {
    const { code } = await run(`${examples[0]}\ncall DeviceService/GetDevice '{"name": "none"}'`);
    expect(code).not.toBe(0);
  });
});
