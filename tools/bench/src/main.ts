import { Closing } from './closing.js';
import { listOf, parseOptions, usage, UsageError, type Options, type Wanted } from './options.js';
import { scenarios } from './scenarios.js';
import { startServers } from './servers.js';

const FAILED = 1;
const MISUSED = 2;
/** As shells have it for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

const print = (text: string) => process.stdout.write(text);
const say = (line: string) => print(`bench: ${line}\n`);

function read(): Options {
  try {
    return parseOptions(process.argv.slice(2), scenarios);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return process.exit(MISUSED);
  }
}

/** Ctrl-C, or the end of who started us. */
function asked(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const end = () => resolve('interrupted');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    process.once('disconnect', end);
    process.channel?.unref();
  });
}

async function measure(wanted: Wanted, closing: Closing): Promise<'done'> {
  const { scenario: name, runs, ...how } = wanted;
  const scenario = scenarios.find((one) => one.name === name)!;
  say(`${name}: ${scenario.summary}; ${runs} ${runs === 1 ? 'run' : 'runs'}`);
  const servers = await startServers(closing, scenario.settings);
  say(servers.machine);
  const { text, figures } = await scenario.run({ servers, runs, ...how, closing, say });
  print(`\n${text}\n\n${servers.machine}\n${JSON.stringify(figures)}\n`);
  return 'done';
}

async function run(wanted: Wanted): Promise<number> {
  const closing = new Closing();
  try {
    const how = await Promise.race([measure(wanted, closing), asked()]);
    return how === 'done' ? 0 : INTERRUPTED;
  } catch (error) {
    process.stderr.write(`The measurement failed: ${(error as Error).stack}\n`);
    return FAILED;
  } finally {
    await closing.close();
  }
}

const options = read();
if ('show' in options) print(options.show === 'help' ? usage : listOf(scenarios));
else process.exit(await run(options));
