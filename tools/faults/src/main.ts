import { mutate } from './mutations/mutate.js';
import { mutations } from './mutations/mutations.js';
import { parseOptions, usage, UsageError, type MutateOptions, type Options } from './options.js';
import { Runner } from './runner.js';
import { scenarios } from './scenarios/registry.js';

/** As shells have it for a command that Ctrl-C ended. */
const interrupted = 130;

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

function list(): void {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, title, quick } of scenarios) {
    line(`${name.padEnd(width)}  ${quick ? 'quick' : '     '}  ${title}`);
  }
  line('\nSafeguards that --mutate takes out:');
  const wide = Math.max(...mutations.map(({ name }) => name.length));
  for (const { name, safeguard } of mutations) line(`${name.padEnd(wide)}  ${safeguard}`);
}

function read(): Options | MutateOptions {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (typeof options === 'object') return options;
    if (options === 'list') list();
    else process.stdout.write(usage);
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

/** Ctrl-C, or the end of who started us. */
function endingSignal(): AbortSignal {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  process.once('disconnect', end);
  process.channel?.unref();
  return ending.signal;
}

async function runScenarios(options: Options, ending: AbortSignal): Promise<boolean> {
  const runner = new Runner(options, line, ending);
  await runner.run();
  if (!ending.aborted) line(JSON.stringify(runner.summary));
  return runner.summary.failed.length === 0 && runner.summary.rounds > 0;
}

async function runMutations(names: readonly string[], ending: AbortSignal): Promise<boolean> {
  const summary = await mutate(line, ending, names).catch((error: unknown) => {
    if (ending.aborted) return undefined;
    throw error;
  });
  if (summary) line(JSON.stringify(summary));
  return summary?.missed.length === 0;
}

const options = read();
const ending = endingSignal();
const succeeded =
  'mutations' in options
    ? await runMutations(options.mutations, ending)
    : await runScenarios(options, ending);
process.exitCode = ending.aborted ? interrupted : Number(!succeeded);
// Nothing of ours runs any more. Left to end by itself, Node can wait for ever for writes to connections that are gone.
process.stdout.write('', () => process.exit());
