import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { BodyRoom } from '../limits/body-room.js';
import { HELD_BY, HeapRoom } from '../limits/heap-room.js';
import { tooManyNow } from '../resources/refusal-of.js';
import { requestIdOf } from '../resources/request-id.js';
import { Admission } from '../rights/admission.js';
import { statusOf } from './status.js';

/** Where Node tells of new streams of its HTTP/2 servers, of which the gRPC door is the only one: its library shows none. */
const CREATED = 'http2.server.stream.created';

/** How long a client may leave a stream open after its answer. */
const PATIENCE_MS = 1_000;

interface Created {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** For a stream that is answered whole. */
function closeLater(stream: ServerHttp2Stream): void {
  // `close` would wait for a message that nobody reads.
  const timer = setTimeout(() => stream.destroy(), PATIENCE_MS);
  stream.once('close', () => clearTimeout(timer));
}

/**
 * The streams of calls, of which a connection may have a thousand, also without a token or a message. Each takes of the room
 * in the heap until it is closed, and its message of the room for bodies. One that the client does not close after its
 * answer is closed here, as RFC 9113, 8.1, has it.
 */
@Injectable()
export class CallStreams {
  constructor(
    private readonly room: HeapRoom,
    private readonly bodies: BodyRoom,
    private readonly admission: Admission,
  ) {}

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
    const created = message as Created;
    const { stream } = created;
    this.room.overdraw(HELD_BY.grpcCall);
    stream.once('close', () => this.room.give(HELD_BY.grpcCall));
    stream.once('finish', () => closeLater(stream));
    this.countMessage(created);
  };

  /** What arrives of it; a stream for which there is no room is closed. */
  private countMessage({ stream, headers }: Created): void {
    const place = this.bodies.place();
    stream.once('close', () => place.leave());
    const refuse = () => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    const who = () => this.admission.clientOf(headers.authorization);
    stream.on('data', ({ length }: Buffer) => {
      if (place.take(length)) return;
      stream.pause();
      place.takeFor(length, who).then((fits) => void (fits ? stream.resume() : refuse()), refuse);
    });
    // The library, which comes next, has it flow when it listens too.
    stream.pause();
  }
}
