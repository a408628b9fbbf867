import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders, timerProviders } from '@skein/task';
import { BatchSelection } from './batch-selection.js';
import { FleetLocks } from './fleet-locks.js';
import { HeldDevices } from './held-devices.js';
import { RolloutConfig } from './rollout.config.js';
import { RolloutConsumer } from './rollout.consumer.js';
import { RolloutSweep } from './rollout.sweep.js';
import { RolloutParts, RolloutTask } from './rollout.task.js';
import { RolloutView } from './rollout.view.js';
import { RolloutStarts } from './rollout-starts.js';
import { RolloutSteps } from './rollout-steps.js';
import { Requests } from './requests.js';
import { Retries } from './retries.js';
import { Rollouts } from './rollouts.js';
import { SelectionLoop } from './selection-loop.js';
import { SelectionSignal } from './selection-signal.js';
import { SingleSelections } from './single-selections.js';
import { Targets } from './targets.js';
import { TimeOuts } from './time-outs.js';

@Module({
  imports: [ServiceModule.for({ room: 'rollout', config: RolloutConfig })],
  controllers: [RolloutConsumer],
  providers: [
    RolloutView,
    Requests,
    FleetLocks,
    Rollouts,
    Targets,
    HeldDevices,
    BatchSelection,
    RolloutStarts,
    RolloutSteps,
    SingleSelections,
    TimeOuts,
    Retries,
    RolloutParts,
    SelectionSignal,
    SelectionLoop,
    ...taskProviders(RolloutTask, RolloutSweep),
    ...timerProviders(FleetLocks),
  ],
})
export class AppModule {}
