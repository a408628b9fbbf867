import { Controller, Injectable, Module } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ServiceConfig, WorkerConfig } from '@skein/config';
import { topology, type Delivered } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { UNIT_OF_WORK, type Dispatch, type UnitOfWork } from '@skein/stream';
import { meter } from '@skein/telemetry';
import { ServiceModule } from '../src/service.module.js';

class TestConfig extends WorkerConfig {}

/** Counts something; it stands on PostgreSQL, which stands on the telemetry. */
@Injectable()
export class Counting {
  constructor(readonly postgres: Postgres) {}

  readonly counter = meter().createCounter('skein_test_counted');
}

class RecordingUnit implements UnitOfWork {
  readonly errors: unknown[] = [];
  readonly handled: number[] = [];

  async handle(events: readonly Delivered[], dispatch: Dispatch): Promise<void> {
    await dispatch(events[0]!.event.type, events, this).catch((error: unknown) => {
      this.errors.push(error);
      throw error;
    });
    this.handled.push(...events.map(({ sequence }) => sequence));
  }
  async handleAgain(delivered: Delivered, dispatch: Dispatch): Promise<void> {
    await this.handle([delivered], dispatch);
  }
  fail = async () => undefined;
  setAside = async () => undefined;
  retryDue = async () => 0;
  isTransient = () => false;
}

export const unit = new RecordingUnit();
/** What the consumer throws on number 13. */
export const poison = new Error('poisoned');

@Controller()
class Consumer {
  @EventPattern([...topology.selector])
  async any(@Payload() events: Delivered[]): Promise<void> {
    if (events.some(({ sequence }) => sequence === 13)) throw poison;
  }
}

@Module({
  imports: [ServiceModule.for({ room: 'selector', config: TestConfig })],
  controllers: [Consumer],
  providers: [{ provide: UNIT_OF_WORK, useValue: unit }, Counting],
})
export class Worker {}

@Module({
  imports: [ServiceModule.for({ room: 'selector', config: TestConfig })],
  providers: [{ provide: UNIT_OF_WORK, useValue: unit }],
})
export class Deaf {}

@Module({ imports: [ServiceModule.for({ room: 'replayer', config: ServiceConfig })] })
export class Replaying {}
