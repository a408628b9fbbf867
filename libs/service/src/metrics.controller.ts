import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Telemetry } from '@skein/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TELEMETRY } from './tokens.js';

/** The figures of a service, on its port of health. */
@Controller()
export class MetricsController {
  constructor(@Inject(TELEMETRY) private readonly telemetry: Telemetry) {}

  @Get('metrics')
  metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    reply.hijack();
    this.telemetry.scrape(request.raw, reply.raw);
  }
}
