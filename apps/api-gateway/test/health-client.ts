import {
  credentials,
  loadPackageDefinition,
  status as codes,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';

type Loose = ReturnType<typeof JSON.parse>;

/** Asks for the health of a server as orchestrators do. */
export class HealthClient {
  private readonly client: Loose;

  constructor(port: number) {
    const definition = loadPackageDefinition(
      loadSync(protoPath, { enums: String, defaults: true }),
    );
    const { Health } = (definition as Loose).grpc.health.v1;
    this.client = new Health(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  /** The status of a service, or the name of the error's code. */
  check(service: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.client.check({ service }, (error: ServiceError | null, answer: Loose) => {
        resolve(error ? codes[error.code] : answer.status);
      });
    });
  }

  /** Fills up with the statuses that are told, and why it ended. */
  watch(service: string): string[] {
    const heard: string[] = [];
    const stream = this.client.watch({ service });
    stream.on('data', ({ status }: { status: string }) => heard.push(status));
    stream.on('error', ({ details }: ServiceError) => heard.push(details));
    return heard;
  }

  close(): void {
    this.client.close();
  }
}
