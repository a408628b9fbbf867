/**
 * The protos of the API: `check` lints them and holds them to what was released, `generate` writes what the gateway reads
 * of them, `release` makes them the ones that may not break. Needs no network.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const api = fileURLToPath(new URL('../../libs/api/', import.meta.url));
const binary = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');
const GENERATED = 'src/generated/skein.v1.binpb';
const RELEASED = 'released/skein.v1.binpb';

function buf(...args) {
  const { status, error } = spawnSync(process.execPath, [binary, ...args], {
    cwd: api,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status === 0;
}

const build = (target) =>
  buf('build', '--as-file-descriptor-set', '--exclude-source-info', '-o', target);

/** Whether the generated file is what the protos make. */
export function isGenerated() {
  const folder = mkdtempSync(join(tmpdir(), 'skein-protos-'));
  try {
    const made = join(folder, 'skein.v1.binpb');
    return build(made) && readFileSync(made).equals(readFileSync(join(api, GENERATED)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const commands = {
  check: () =>
    buf('lint') &&
    buf('format', '--diff', '--exit-code') &&
    buf('breaking', '--against', RELEASED) &&
    (isGenerated() || void console.error('the protos changed: run npm run protos')),
  generate: () => build(GENERATED),
  release: () => build(RELEASED),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const run = commands[process.argv[2] ?? ''];
  if (!run) console.error(`usage: protos.mjs ${Object.keys(commands).join(' | ')}`);
  process.exitCode = run?.() ? 0 : 1;
}
