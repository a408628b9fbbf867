import { GrpcDoor } from '../src/grpc/door.js';
import { DoorScene } from './door-scene.js';
import { GrpcClient, type RpcOptions } from './grpc-client.js';

/** A whole gateway with clients at both doors. */
export class GrpcScene extends DoorScene {
  private grpc: GrpcClient | undefined;

  override async start(): Promise<void> {
    await super.start();
    this.grpc?.close();
    this.grpc = new GrpcClient(this.port);
  }

  override async close(): Promise<void> {
    this.grpc?.close();
    await super.close();
  }

  get port(): number {
    return this.app.get(GrpcDoor).transport.port;
  }

  /** Calls a method by gRPC: `DeviceService/GetDevice`. */
  readonly rpc = (path: string, request?: object, options?: RpcOptions) =>
    this.grpc!.call(path, request, options);
}
