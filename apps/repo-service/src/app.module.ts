import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { Checks } from './checks.js';
import { outsideProvider } from './outside.js';
import { Recall } from './recall.js';
import { RepoConfig } from './repo.config.js';
import { RepoConsumer } from './repo.consumer.js';
import { RepoSweep } from './repo.sweep.js';
import { RepoTask } from './repo.task.js';
import { RepoView } from './repo.view.js';
import { RepositoryChecker } from './repository-checker.js';
import { Watching } from './watching.js';

@Module({
  imports: [ServiceModule.for({ room: 'repo', config: RepoConfig })],
  controllers: [RepoConsumer],
  providers: [
    RepoView,
    Checks,
    Watching,
    Recall,
    RepositoryChecker,
    outsideProvider,
    ...taskProviders(RepoTask, RepoSweep),
  ],
})
export class AppModule {}
