import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { FleetLocks } from './fleet-locks.js';
import { RolloutConfig } from './rollout.config.js';
import { RolloutConsumer } from './rollout.consumer.js';
import { RolloutSweep } from './rollout.sweep.js';
import { RolloutTask } from './rollout.task.js';
import { RolloutView } from './rollout.view.js';
import { RolloutStarts } from './rollout-starts.js';
import { RolloutSteps } from './rollout-steps.js';
import { Rollouts } from './rollouts.js';
import { SingleSelections } from './single-selections.js';
import { Targets } from './targets.js';

@Module({
  imports: [ServiceModule.for({ room: 'rollout', config: RolloutConfig })],
  controllers: [RolloutConsumer],
  providers: [
    RolloutView,
    FleetLocks,
    Rollouts,
    Targets,
    RolloutStarts,
    RolloutSteps,
    SingleSelections,
    ...taskProviders(RolloutTask, RolloutSweep),
  ],
})
export class AppModule {}
