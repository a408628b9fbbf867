import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Server } from '@grpc/grpc-js';
import { services } from '@skein/api';
import { Lifecycle } from '@skein/service';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { HealthImplementation } from 'grpc-health-check';

const LOOK_EVERY_MS = 500;
/** The whole server, and each of its services. */
const names = ['', ...services.map(({ typeName }) => typeName)];

/** grpc.health.v1: serving while the gateway is ready, and the first thing that ends when it stops. */
@Injectable()
export class GrpcHealth implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly health = new HealthImplementation();
  private readonly loop: WorkLoop;
  private serving: boolean | undefined;
  private isStopping = false;

  constructor(
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.look().then(() => 0);
    this.loop = new WorkLoop({ work, logger, idleMs: LOOK_EVERY_MS, name: 'looking for health' });
    this.say(false);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.say(false);
    await this.loop.stop();
  }

  addToServer(server: Server): void {
    this.health.addToServer(server);
  }

  private async look(): Promise<void> {
    const obstacle = await this.lifecycle.obstacle();
    this.say(obstacle === undefined && !this.isStopping);
  }

  /** Once, when it changes: whoever watches is told each time. */
  private say(serving: boolean): void {
    if (serving === this.serving) return;
    this.serving = serving;
    for (const name of names) this.health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  }
}
