import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { readMessage, writeMessage, type Document } from '@skein/api';
import { inSpan, withLogContext } from '@skein/telemetry';
import { RefusedRequest } from '../resources/refused-request.js';
import type { Call } from './call.js';

export type Handler = (request: Document, call: Call) => Promise<unknown>;

/** Runs a write in a span that goes on with the client's trace; reads change nothing, and may wait for minutes. */
function traced<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
  const { method } = call;
  if (method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS) return work();
  return inSpan(
    `${method.parent.typeName}/${method.name}`,
    { parent: call.said('traceparent') },
    work,
  );
}

const bytesOf = ({ method }: Call, answer: unknown): Uint8Array =>
  answer instanceof Uint8Array ? answer : writeMessage(method.output, answer as object);

/** As URL and headers of REST together. */
const METADATA_BYTES = 32 * 1_024;

/** What comes beside the request is not limited by the library. @throws RefusedRequest */
function requireSmall({ server }: Call): void {
  const values = Object.values(server.metadata.toJSON()).flat();
  const bytes = values.reduce((sum: number, value) => sum + value.length, 0);
  if (bytes <= METADATA_BYTES) return;
  throw new RefusedRequest('too-many', 'the metadata is too large: it may have 32 KiB');
}

/** Reads the request and hands it to the handler. */
async function handled(call: Call, handler: Handler, bytes: Uint8Array): Promise<unknown> {
  requireSmall(call);
  const request = readMessage(call.method.input, bytes);
  return call.whileWanted(() =>
    withLogContext({ request: call.requestId }, () => traced(call, () => handler(request, call))),
  );
}

/** The message that a handler answers; what it wrote itself is sent as it is. */
export async function perform(call: Call, handler: Handler, bytes: Uint8Array) {
  return bytesOf(call, await handled(call, handler, bytes));
}

/** Sends the messages that a handler tells, and takes no more of them than the client does. */
export async function performStream(call: Call, handler: Handler, bytes: Uint8Array, to: Writable) {
  const { signal } = call;
  const answers = (await handled(call, handler, bytes)) as AsyncIterable<unknown>;
  try {
    for await (const answer of answers) {
      if (!to.write(bytesOf(call, answer))) await once(to, 'drain', { signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
