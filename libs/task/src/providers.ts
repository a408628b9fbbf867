import type { Provider, Type } from '@nestjs/common';
import { WorkerConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import { UNIT_OF_WORK } from '@skein/stream';
import { BatchUnit } from './batch-unit.js';
import { SWEEP, SweepLoop, type Sweep } from './sweep.js';
import type { Task } from './task.js';
import { Upkeep } from './upkeep.js';

/** What a worker's module provides on top of its own classes: the shell around its task and its sweep. */
export function taskProviders(task: Type<Task>, sweep: Type<Sweep>): Provider[] {
  return [
    task,
    sweep,
    { provide: SWEEP, useExisting: sweep },
    SweepLoop,
    Upkeep,
    {
      provide: UNIT_OF_WORK,
      useFactory: (log: EventLog, consumer: ConsumerLog, performer: Task, config: WorkerConfig) =>
        new BatchUnit(log, consumer, performer, config),
      inject: [EventLog, ConsumerLog, task, WorkerConfig],
    },
  ];
}
