import { FetchingConfig, FromEnvironment } from '@skein/config';
import { IsInt, Max, Min } from 'class-validator';

/** The settings of the repo service: those of every worker that fetches, and how often it looks at repositories. */
export class RepoConfig extends FetchingConfig {
  @FromEnvironment(
    'SKEIN_REPOSITORY_CHECK_MS',
    'how often each repository is looked at, give or take a tenth',
  )
  @IsInt()
  @Min(100)
  @Max(86_400_000)
  repositoryCheckMs: number = 60_000;

  @FromEnvironment(
    'SKEIN_REPOSITORY_CHECK_CONCURRENCY',
    'how many repositories are looked at side by side',
  )
  @IsInt()
  @Min(1)
  @Max(1_000)
  repositoryCheckConcurrency: number = 16;
}
