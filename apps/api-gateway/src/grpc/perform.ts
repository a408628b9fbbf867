import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { readMessage, writeMessage, type Document } from '@skein/api';
import { inSpan, withLogContext } from '@skein/telemetry';
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

/** Reads the request, hands it to the handler and writes its answer; what the handler wrote itself is sent as it is. */
export async function perform(call: Call, handler: Handler, bytes: Uint8Array) {
  const { method } = call;
  const request = readMessage(method.input, bytes);
  const answer = await call.whileWanted(() =>
    withLogContext({ request: call.requestId }, () => traced(call, () => handler(request, call))),
  );
  return answer instanceof Uint8Array ? answer : writeMessage(method.output, answer as object);
}
