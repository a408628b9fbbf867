import { parseOptions, usage, UsageError } from './options.js';
import type { Options } from './options.js';
import { Session } from './session.js';
import { Report } from './terminal/report.js';

/** As shells have it for a command that Ctrl-C ended. */
const interrupted = 130;

function read(): Options {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== 'help') return options;
    process.stdout.write(usage);
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

/** Ctrl-C, or the end of who started us. Asked again while stopping, it goes on stopping. */
function endingSignal(): AbortSignal {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  process.once('disconnect', end);
  process.channel?.unref();
  return ending.signal;
}

function exitCode({ once }: Options, done: boolean, ending: AbortSignal): number {
  if (ending.aborted) return once ? interrupted : 0;
  return done ? 0 : 1;
}

const options = read();
const ending = endingSignal();
const report = new Report();
const { done, summary } = await new Session(options, report, ending).run();
if (options.once && !ending.aborted) report.line(JSON.stringify(summary));
process.exitCode = exitCode(options, done, ending);
// Nothing of ours runs any more. Left to end by itself, Node can wait for ever for writes to connections that are gone.
process.stdout.write('', () => process.exit());
