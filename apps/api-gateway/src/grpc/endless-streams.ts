import {
  ServerInterceptingCall,
  status as codes,
  type ServerInterceptingCallInterface,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';

/** Streams of health and reflection, which their services never end: they would hold up the stop of the gateway. */
export class EndlessStreams {
  private readonly open = new Set<ServerInterceptingCall>();

  readonly interceptor = (
    { path, responseStream }: ServerMethodDefinition<unknown, unknown>,
    call: ServerInterceptingCallInterface,
  ): ServerInterceptingCall => {
    if (!path.startsWith('/grpc.') || !responseStream) return new ServerInterceptingCall(call);
    const stream: ServerInterceptingCall = new ServerInterceptingCall(call, {
      start: (next) => next({ onCancel: () => this.open.delete(stream) }),
      sendStatus: (status, next) => {
        this.open.delete(stream);
        next(status);
      },
    });
    this.open.add(stream);
    return stream;
  };

  end(): void {
    for (const stream of [...this.open]) {
      stream.sendStatus({ code: codes.UNAVAILABLE, details: 'the gateway stops' });
    }
  }
}
