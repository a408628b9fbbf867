import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceConfig } from '@skein/config';
import type { Telemetry } from '@skein/telemetry';
import { Lifecycle } from './lifecycle.js';
import { LIVE, readinessOf } from './readiness.js';
import { TELEMETRY } from './tokens.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

/**
 * Health and metrics on a port of their own, for a service whose other port is for its users: figures name
 * organisations, and are for who runs Skein. It answers for as long as the service lets go of what it has.
 */
@Injectable()
export class HealthServer implements OnApplicationShutdown {
  private readonly server = createServer((request, response) => this.answer(request, response));
  private readonly answers: Readonly<Record<string, Answer>> = {
    '/health/live': (_request, response) => json(response, 200, LIVE),
    '/health/ready': async (_request, response) => {
      const { code, body } = await readinessOf(this.lifecycle);
      json(response, code, body);
    },
    '/metrics': (request, response) => this.telemetry.scrape(request, response),
  };

  constructor(
    private readonly lifecycle: Lifecycle,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
    private readonly config: ServiceConfig,
  ) {}

  /** Where it listens. */
  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** @throws Error when its port is taken */
  async listen(): Promise<void> {
    const { healthHost: host, healthPort: port } = this.config;
    try {
      await once(this.server.listen(port, host), 'listening');
    } catch (error) {
      const reason = (error as Error).message;
      throw new Error(`SKEIN_HEALTH_PORT: cannot listen: ${reason}`, { cause: error });
    }
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').split('?')[0]!;
    const known = Object.hasOwn(this.answers, path) && ['GET', 'HEAD'].includes(request.method!);
    if (known) void this.answers[path]!(request, response);
    else json(response, 404, { message: 'there are /health/live, /health/ready and /metrics' });
  }
}
