import type { Server as Listener } from 'node:net';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Server, Transport, type CustomTransportStrategy } from '@nestjs/microservices';
import { services } from '@skein/api';
import { TooManyWaiting } from '@skein/postgres';
import type { Logger } from '@skein/telemetry';
import { lastValueFrom } from 'rxjs';
import { letInWhoWaits } from '../limits/waiting-connections.js';
import type { CallStreams } from './call-streams.js';
import { Call } from './call.js';
import { EndlessStreams } from './endless-streams.js';
import { perform, performStream, type Handler } from './perform.js';
import { listen, openServer, stop, type GrpcAddress, type GrpcLimits } from './server.js';
import { isOurs, statusOf } from './status.js';

type GrpcServer = ReturnType<typeof openServer>;
type Bytes = Uint8Array;

export interface GrpcTransportSettings {
  readonly address: GrpcAddress;
  readonly limits: GrpcLimits;
  readonly calls: CallStreams;
  readonly logger: Logger;
  /** How long a call may take at the most. */
  readonly longestMs: number;
  /** Services beside those of Skein: health, reflection. */
  readonly others: readonly { addToServer(server: GrpcServer): void }[];
}

/** How long calls in flight may take once the gateway stops. */
const PATIENCE_MS = 5_000;

function definitionOf({ parent, name, methodKind }: DescMethod): MethodDefinition<Bytes, Bytes> {
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: false,
    responseStream: methodKind === 'server_streaming',
    // Messages are read where an error in them is the client's, and not the server's.
    requestSerialize: Buffer.from,
    requestDeserialize: (bytes) => bytes,
    responseSerialize: (bytes) => Buffer.from(bytes),
    responseDeserialize: (bytes) => bytes,
  };
}

const byName = <Value>(service: DescService, valueOf: (method: DescMethod) => Value) =>
  Object.fromEntries(service.methods.map((method) => [method.name, valueOf(method)]));

/** The gRPC door as a Nest transport: calls reach `@GrpcMethod` handlers as JSON documents, and leave as messages. */
export class GrpcTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.GRPC;
  private readonly endless = new EndlessStreams();
  private readonly server: GrpcServer;
  private listener: Listener | undefined;
  private bound = 0;

  constructor(private readonly settings: GrpcTransportSettings) {
    super();
    const { calls, limits } = settings;
    this.server = openServer({ endless: this.endless, calls }, limits);
  }

  /** The port that it listens on. */
  get port(): number {
    return this.bound;
  }

  listen(callback: (error?: unknown) => void): void {
    this.open().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    const { listener } = this;
    if (listener) await letInWhoWaits(listener);
    listener?.close();
    this.endless.end();
    await stop(this.server, PATIENCE_MS);
    this.settings.calls.close();
  }

  on(): void {
    throw new Error('the gRPC transport emits no events');
  }

  unwrap<T>(): T {
    return this.server as T;
  }

  private async open(): Promise<void> {
    const { address, limits, calls, others } = this.settings;
    for (const service of services) {
      this.server.addService(byName(service, definitionOf), this.methodsOf(service));
    }
    for (const other of others) other.addToServer(this.server);
    calls.listen();
    const { listener, port } = await listen(this.server, address, limits);
    [this.listener, this.bound] = [listener, port];
  }

  private methodsOf(service: DescService): UntypedServiceImplementation {
    return byName(service, (method) => {
      const handler = this.handlerOf(method);
      const isStream = method.methodKind === 'server_streaming';
      return isStream ? this.stream(method, handler) : this.unary(method, handler);
    });
  }

  /** @throws Error for a method that nobody handles */
  private handlerOf({ parent, name }: DescMethod): Handler {
    const pattern = { service: parent.name, rpc: name, streaming: 'no_stream' };
    const handler = this.messageHandlers.get(this.normalizePattern(pattern));
    if (!handler) throw new Error(`nobody handles ${parent.typeName}/${name}`);
    return async (request, call) =>
      lastValueFrom(this.transformToObservable(await handler(request, call)));
  }

  private unary(method: DescMethod, handler: Handler): handleUnaryCall<Bytes, Bytes> {
    return (server, callback) => {
      const call = new Call(server, method, this.settings.longestMs);
      perform(call, handler, server.request)
        .finally(() => call.done())
        .then(
          (answer) => callback(null, answer),
          (error: unknown) => callback(this.refusal(error, call)),
        );
    };
  }

  private stream(method: DescMethod, handler: Handler): handleServerStreamingCall<Bytes, Bytes> {
    return (server) => {
      const call = new Call(server, method);
      performStream(call, handler, server.request, server).then(
        () => server.end(),
        (error: unknown) => server.emit('error', this.refusal(error, call)),
      );
    };
  }

  private refusal(error: unknown, { requestId, method }: Call) {
    const status = statusOf(error, requestId);
    if (isOurs(status) && !(error instanceof TooManyWaiting))
      this.settings.logger.error({ error, request: requestId }, `${method.name}: a call failed`);
    return status;
  }
}
