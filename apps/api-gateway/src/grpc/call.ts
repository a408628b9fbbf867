import type { DescMethod } from '@bufbuild/protobuf';
import { Metadata, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { requestIdOf } from '../resources/request-id.js';
import type { Caller } from '../resources/caller.js';
import type { Admitted } from '../rights/admission.js';
import { callerBy } from '../rights/admitted.js';

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
  /** Who was let in; the guard of rights says it. */
  admitted: Admitted | undefined;
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;

  /** @param longestMs the call is ended then, also when its deadline is later or it has none; undefined for streams */
  constructor(
    readonly server: ServerCall,
    readonly method: DescMethod,
    longestMs?: number,
  ) {
    this.requestId = requestIdOf(this.said('x-request-id'));
    this.timer = longestMs ? setTimeout(() => this.end('deadline'), longestMs) : undefined;
    // Also when its deadline is over, which the client is told by its own side.
    server.once('cancelled', () => this.end('cancelled'));
    if (server.cancelled) this.end('cancelled');
    const metadata = new Metadata();
    metadata.set('x-request-id', this.requestId);
    server.sendMetadata(metadata);
  }

  /** Who calls, for which organisation, and from where. */
  get caller(): Caller {
    if (!this.admitted) throw new Error('a call came past the guard of rights');
    return callerBy(this.admitted, this.requestId);
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** What the client says beside the request; the first of several. */
  said(name: string): string | undefined {
    return this.server.metadata.get(name)[0]?.toString();
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
    }
  }

  /** It is answered. */
  done(): void {
    clearTimeout(this.timer);
  }

  private end(code: CallEnded['code']): void {
    this.done();
    this.ending.abort(new CallEnded(code));
  }
}
