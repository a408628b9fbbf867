import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { FleetIndexes } from './fleet-indexes.js';
import { FleetScanner } from './fleet-scanner.js';
import { FleetScans } from './fleet-scans.js';
import { Matching } from './matching.js';
import { SelectorConfig } from './selector.config.js';
import { SelectorConsumer } from './selector.consumer.js';
import { SelectorSweep } from './selector.sweep.js';
import { SelectorTask } from './selector.task.js';
import { SelectorView } from './selector.view.js';

@Module({
  imports: [ServiceModule.for({ room: 'selector', config: SelectorConfig })],
  controllers: [SelectorConsumer],
  providers: [
    SelectorView,
    FleetIndexes,
    FleetScans,
    Matching,
    FleetScanner,
    ...taskProviders(SelectorTask, SelectorSweep),
  ],
})
export class AppModule {}
