import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Lifecycle } from './lifecycle.js';
import { LIVE, readinessOf } from './readiness.js';

/** Health and readiness: the same on every service, and on whatever port a load balancer looks at. */
@Controller()
export class HealthController {
  constructor(private readonly lifecycle: Lifecycle) {}

  @Get('health/live')
  live() {
    return LIVE;
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { code, body } = await readinessOf(this.lifecycle);
    await reply.status(code).send(body);
  }
}
