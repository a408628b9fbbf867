import { IsBoolean, IsInt, IsOptional, Matches, Min } from 'class-validator';
import { Credential } from './credential.js';
import { FromEnvironment } from './setting.js';

/** How PostgreSQL is reached. */
export class DatabaseConfig {
  @FromEnvironment(
    'SKEIN_DATABASE_URL',
    'PostgreSQL, with the role of this service; TLS by sslmode and sslrootcert in it',
  )
  @Matches(/^postgres(ql)?:\/\//)
  databaseUrl: string;

  @FromEnvironment('SKEIN_DATABASE_PASSWORD', 'the password of that role, before that of the URL')
  @IsOptional()
  databasePassword?: Credential;

  @FromEnvironment('SKEIN_DATABASE_POOL_SIZE', 'connections to PostgreSQL at the most')
  @IsInt()
  @Min(2)
  databasePoolSize: number = 8;

  @FromEnvironment(
    'SKEIN_DATABASE_WAITING',
    'how many statements of clients may wait for a connection; new requests are refused at half of it',
  )
  @IsInt()
  @Min(2)
  databaseWaiting: number = 5_000;

  @FromEnvironment('SKEIN_DATABASE_WAIT_MS', 'how long a connection to PostgreSQL is waited for')
  @IsInt()
  @Min(100)
  databaseWaitMs: number = 10_000;

  @FromEnvironment(
    'SKEIN_DATABASE_PREPARE',
    'whether statements that run often are prepared; false for a pooler that does not keep them apart',
  )
  @IsBoolean()
  databasePrepare: boolean = true;

  /** As libs/postgres takes it. */
  get database() {
    return {
      url: this.databaseUrl,
      password: this.databasePassword?.read,
      poolSize: this.databasePoolSize,
      mostWaiting: this.databaseWaiting,
      waitMs: this.databaseWaitMs,
      prepare: this.databasePrepare,
    };
  }
}
