import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Telemetry } from '@skein/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Lifecycle } from './lifecycle.js';
import { TELEMETRY } from './tokens.js';

/** Health, readiness and metrics: the same on every service. */
@Controller()
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
  ) {}

  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const reason = await this.lifecycle.obstacle();
    await reply
      .status(reason ? 503 : 200)
      .send(reason ? { status: 'unavailable', reason } : { status: 'ok' });
  }

  @Get('metrics')
  metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    reply.hijack();
    this.telemetry.scrape(request.raw, reply.raw);
  }
}
