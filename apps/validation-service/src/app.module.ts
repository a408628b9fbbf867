import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { FleetValidator } from './fleet-validator.js';
import { freezingProvider } from './freezing.js';
import { ValidationConfig } from './validation.config.js';
import { ValidationConsumer } from './validation.consumer.js';
import { ValidationSweep } from './validation.sweep.js';
import { ValidationTask } from './validation.task.js';
import { ValidationView } from './validation.view.js';

@Module({
  imports: [ServiceModule.for({ room: 'validation', config: ValidationConfig })],
  controllers: [ValidationConsumer],
  providers: [
    ValidationView,
    FleetValidator,
    freezingProvider,
    ...taskProviders(ValidationTask, ValidationSweep),
  ],
})
export class AppModule {}
