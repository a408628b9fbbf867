import { Module } from '@nestjs/common';
import { ServiceModule } from '@skein/service';
import { taskProviders } from '@skein/task';
import { CheckLoop } from './check-loop.js';
import { Checks } from './checks.js';
import { LateUsers } from './late-users.js';
import { outsideProviders } from './outside.js';
import { Recall } from './recall.js';
import { RepoConfig } from './repo.config.js';
import { RepoConsumer } from './repo.consumer.js';
import { RepoSweep } from './repo.sweep.js';
import { RepoTask } from './repo.task.js';
import { RepoView } from './repo.view.js';
import { RepositoryChecker } from './repository-checker.js';
import { SecretWatcher } from './secret-watcher.js';
import { WatchedSecrets } from './watched-secrets.js';

@Module({
  imports: [ServiceModule.for({ room: 'repo', config: RepoConfig })],
  controllers: [RepoConsumer],
  providers: [
    RepoView,
    Checks,
    Recall,
    RepositoryChecker,
    CheckLoop,
    LateUsers,
    WatchedSecrets,
    SecretWatcher,
    ...outsideProviders,
    ...taskProviders(RepoTask, RepoSweep),
  ],
})
export class AppModule {}
