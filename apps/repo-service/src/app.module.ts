import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { RepoConfig } from './repo.config.js';
import { RepoConsumer } from './repo.consumer.js';
import { RepoSweep } from './repo.sweep.js';
import { RepoTask } from './repo.task.js';
import { RepoView } from './repo.view.js';

@Module({
  imports: [ServiceModule.for({ room: 'repo', config: RepoConfig })],
  controllers: [RepoConsumer],
  providers: [RepoView, ...taskProviders(RepoTask, RepoSweep)],
})
export class AppModule {}
