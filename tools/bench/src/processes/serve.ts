/** What the bench asks one of its processes. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

type Handler = (argument: never) => Promise<unknown>;

async function answer({ id, name, argument }: Call, handlers: Record<string, Handler>) {
  try {
    const handler = handlers[name];
    if (!handler) throw new Error(`no such call: ${name}`);
    return { id, result: await handler(argument as never) };
  } catch (error) {
    return { id, error: String((error as Error).stack) };
  }
}

/** Answers the bench's calls until the process is asked to end. */
export function serve(handlers: Record<string, Handler>, close: () => Promise<unknown>): void {
  const end = () => void close().finally(() => process.exit(0));
  process.once('SIGTERM', end);
  respond(handlers);
}

/** Answers the bench's calls, in a process that ends by itself when it is asked to. */
export function respond(handlers: Record<string, Handler>): void {
  process.on('message', (call: Call) => {
    void answer(call, handlers).then((message: Answer) => process.send?.(message));
  });
  // It waits for calls, also while nothing else is open.
  process.channel?.ref();
  process.send?.('ready');
}

/** A setting that the bench gives to its process. */
export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
