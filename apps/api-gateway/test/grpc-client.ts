import {
  Client,
  credentials,
  Metadata,
  status as codes,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { readMessage, services, writeMessage } from '@skein/api';
import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from 'nice-grpc-error-details';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';

type Loose = ReturnType<typeof JSON.parse>;

export interface RpcOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Sent in place of the request. */
  readonly bytes?: Uint8Array;
}

export interface RpcAnswer {
  /** Name of the code: OK, NOT_FOUND. */
  readonly code: string;
  readonly message: string;
  readonly body: Loose;
  /** Messages of google.rpc by their names. */
  readonly details: Loose;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What an error's message and details travel in. */
  readonly trailerBytes: number;
}

const known = [BadRequest, ErrorInfo, PreconditionFailure, RequestInfo, ResourceInfo, RetryInfo];

function detailsOf(error: ServiceError): Loose {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!bytes) return {};
  const { details } = Status.decode(bytes as Buffer);
  const found = details.map(({ typeUrl, value }) => {
    const type = known.find(({ $type }) => typeUrl.endsWith($type))!;
    return [type.$type.replace('google.rpc.', ''), type.decode(value)];
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(found)));
}

function bytesIn({ details, metadata }: ServiceError): number {
  const [bytes = ''] = metadata.get('grpc-status-details-bin');
  return encodeURI(details).length + Buffer.from(bytes as Buffer).toString('base64').length;
}

function methodOf(path: string) {
  const [service, name] = path.split('/');
  const found = services.find((one) => one.name === service)?.methods.find((m) => m.name === name);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}

/** A stream of answers as a test looks at it. */
export interface RpcStream {
  readonly answers: Loose[];
  /** Set when it is over. */
  readonly end: { code?: string; message?: string; details?: Loose };
  cancel(): void;
  /** Stops to read, and reads again. */
  pause(): void;
  resume(): void;
}

function metadataOf({ metadata: given = {} }: RpcOptions): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(given)) metadata.set(name, value);
  return metadata;
}

/** Calls methods as a client of gRPC does: messages over a real connection. */
export class GrpcClient {
  private readonly client: Client;

  constructor(port: number, options: ChannelOptions = {}) {
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  close(): void {
    this.client.close();
  }

  /** @param path `DeviceService/GetDevice` */
  readonly call = (path: string, request: object = {}, options: RpcOptions = {}) => {
    const method = methodOf(path);
    const bytes = options.bytes ?? writeMessage(method.input, request);
    const metadata = metadataOf(options);
    const deadline = options.deadlineMs && Date.now() + options.deadlineMs;
    return new Promise<RpcAnswer>((resolve) => {
      let head = {};
      const call = this.client.makeUnaryRequest<Uint8Array, Uint8Array>(
        `/${method.parent.typeName}/${method.name}`,
        (message) => Buffer.from(message),
        (answer) => answer,
        bytes,
        metadata,
        { ...(deadline && { deadline }) },
        (error, answer) => {
          const { code, details: message } = error ?? { code: codes.OK, details: '' };
          const body = answer ? readMessage(method.output, answer) : {};
          const details = error ? detailsOf(error) : {};
          const trailerBytes = error ? bytesIn(error) : 0;
          resolve({ code: codes[code], message, body, details, metadata: head, trailerBytes });
        },
      );
      call.on('metadata', (received: Metadata) => (head = received.getMap()));
      options.signal?.addEventListener('abort', () => call.cancel());
    });
  };

  /** @param path `DeviceService/WatchDevices` */
  readonly stream = (path: string, request: object = {}, options: RpcOptions = {}): RpcStream => {
    const method = methodOf(path);
    const stream = this.client.makeServerStreamRequest<Uint8Array, Uint8Array>(
      `/${method.parent.typeName}/${method.name}`,
      (message) => Buffer.from(message),
      (answer) => answer,
      writeMessage(method.input, request),
      metadataOf(options),
    );
    const found: RpcStream = {
      answers: [],
      end: {},
      cancel: () => stream.cancel(),
      pause: () => void stream.pause(),
      resume: () => void stream.resume(),
    };
    stream.on('data', (bytes: Uint8Array) => found.answers.push(readMessage(method.output, bytes)));
    stream.on('end', () => Object.assign(found.end, { code: found.end.code ?? 'OK' }));
    stream.on('error', (error: ServiceError) => {
      const { code, details: message } = error;
      Object.assign(found.end, { code: codes[code], message, details: detailsOf(error) });
    });
    return found;
  };
}
