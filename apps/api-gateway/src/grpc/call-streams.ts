import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { constants, type ServerHttp2Stream } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { HELD_BY, type HeapRoom } from '../limits/heap-room.js';
import { tooManyNow } from '../resources/refusal-of.js';
import { requestIdOf } from '../resources/request-id.js';
import { statusOf } from './status.js';

/** Where Node tells of new streams of its HTTP/2 servers, of which the gRPC door is the only one: its library shows none. */
const CREATED = 'http2.server.stream.created';

/** How long a client may leave a stream open after its answer. */
const PATIENCE_MS = 1_000;

/** For a stream that is answered whole. */
function closeLater(stream: ServerHttp2Stream): void {
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), PATIENCE_MS);
  stream.once('close', () => clearTimeout(timer));
}

/**
 * The streams of calls, of which a connection may have a thousand, also without a token or a message. Each takes of the room
 * in the heap until it is closed. One that the client does not close after its answer is closed here, as RFC 9113, 8.1, has it.
 */
export class CallStreams {
  constructor(private readonly room: HeapRoom) {}

  /** Refuses calls for which there is no room. */
  readonly interceptor = (
    _method: ServerMethodDefinition<unknown, unknown>,
    call: ServerInterceptingCallInterface,
  ): ServerInterceptingCall => {
    const bounded: ServerInterceptingCall = new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, go) => {
            if (!this.room.isOverdrawn) return go(metadata);
            const requestId = requestIdOf(metadata.get('x-request-id')[0]);
            bounded.sendStatus(statusOf(tooManyNow('too many calls at this gateway'), requestId));
          },
        }),
    });
    return bounded;
  };

  listen(): void {
    subscribe(CREATED, this.count);
  }

  close(): void {
    unsubscribe(CREATED, this.count);
  }

  private readonly count = (message: unknown): void => {
    const { stream } = message as { readonly stream: ServerHttp2Stream };
    this.room.overdraw(HELD_BY.grpcCall);
    stream.once('close', () => this.room.give(HELD_BY.grpcCall));
    stream.once('finish', () => closeLater(stream));
  };
}
