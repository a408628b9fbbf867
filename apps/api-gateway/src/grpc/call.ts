import type { DescMethod } from '@bufbuild/protobuf';
import { Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { requestIdOf } from '../resources/request-id.js';
import type { Caller } from '../resources/caller.js';
import { callerOf } from './caller.js';

export type ServerCall =
  ServerUnaryCall<Uint8Array, Uint8Array> | ServerWritableStream<Uint8Array, Uint8Array>;

/** Nobody waits for the answer any more. */
export class CallEnded extends Error {
  readonly retryable = false;

  constructor(readonly code: 'cancelled' | 'deadline') {
    super(code === 'cancelled' ? 'the call was cancelled' : 'the call took too long');
  }
}

/** One call of a client: what handlers get as their context. */
export class Call {
  readonly requestId: string;
  /** Whom the call is for; in place of it, the guard puts the one that it knows. */
  caller: Caller;
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout;

  /** @param longestMs the call is ended then, also when its deadline is later or it has none */
  constructor(
    readonly server: ServerCall,
    readonly method: DescMethod,
    longestMs: number,
  ) {
    this.requestId = requestIdOf(server.metadata.get('x-request-id')[0]);
    this.caller = callerOf(server, this.requestId);
    this.timer = setTimeout(() => this.end('deadline'), longestMs);
    // Also when its deadline is over, which the client is told by its own side.
    server.once('cancelled', () => this.end('cancelled'));
    if (server.cancelled) this.end('cancelled');
    const metadata = new Metadata();
    metadata.set('x-request-id', this.requestId);
    server.sendMetadata(metadata);
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** The trace that the call belongs to, as the client says. */
  get traceparent(): string | undefined {
    return this.server.metadata.get('traceparent')[0]?.toString();
  }

  /** Waits for the work no longer than somebody waits for its result. */
  async whileWanted<Result>(work: () => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = () => reject(this.signal.reason as Error);
    this.signal.addEventListener('abort', end);
    try {
      return await Promise.race([work(), ended]);
    } finally {
      this.signal.removeEventListener('abort', end);
      clearTimeout(this.timer);
    }
  }

  private end(code: CallEnded['code']): void {
    clearTimeout(this.timer);
    this.ending.abort(new CallEnded(code));
  }
}
