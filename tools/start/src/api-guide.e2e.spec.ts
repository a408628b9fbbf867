import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guideBlocks, type GuideBlock } from '../test/guide-blocks.js';
import { StartProcess } from '../test/start-process.js';
import { root } from './workspace.js';

/** Where the guide calls the API. */
const WRITTEN_URL = 'http://127.0.0.1:8080';
const LIMIT_MS = 60_000;

const blocks = guideBlocks(readFileSync(join(root, 'docs/api.md'), 'utf8'));
const missing = ['bash', 'curl', 'jq'].find((tool) => spawnSync(tool, ['--version']).error);
const suite = missing ? describe.skip : describe;

let start: StartProcess;
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

suite(`docs/api.md${missing ? `: there is no ${missing} here` : ''}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skein-guide-'));
    start = await StartProcess.start(['--no-demo']);
    await start.line(/Running until Ctrl-C/);
  }, 180_000);
  afterAll(async () => {
    await start?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it.each(blocks.map((block) => [block.name, block] as const))(
    'does what it says: %s',
    (_name, { command, output }) => {
      const written = run(command);
      if (output) expectOutput(written, output);
    },
    2 * LIMIT_MS,
  );
});
