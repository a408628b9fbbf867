import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsArray, IsInt, IsString, Min } from 'class-validator';
import { Credential } from './credential.js';
import { KubernetesConfig } from './kubernetes-config.js';
import { AreNetworks } from './networks.js';
import { FromEnvironment } from './setting.js';

const MIB = 1024 * 1024;

/** What a service that fetches from repositories needs on top. */
export class FetchingConfig extends KubernetesConfig {
  @FromEnvironment(
    'SKEIN_SOURCE_CACHE_DIRECTORY',
    'where git mirrors stand; each service has its own folder in it',
  )
  @IsString()
  sourceCacheDirectory: string = join(tmpdir(), 'skein-sources');

  @FromEnvironment(
    'SKEIN_SOURCE_ALLOWED_CIDRS',
    'networks that may be fetched from although they are not public: addresses and networks as 10.0.0.0/8, comma-separated',
  )
  @AreNetworks()
  sourceAllowedCidrs: string[] = [];

  @FromEnvironment(
    'SKEIN_SOURCE_ALLOWED_FILE_ROOTS',
    'folders that file:// repositories may stand in',
  )
  @IsArray()
  sourceAllowedFileRoots: string[] = [];

  @FromEnvironment(
    'SKEIN_SOURCE_SSH_KNOWN_HOSTS',
    "host keys of SSH servers, lines as in OpenSSH's known_hosts; git over ssh is refused without",
  )
  sourceSshKnownHosts?: Credential;

  @FromEnvironment('SKEIN_SOURCE_MAX_FILES', 'files in one fetched path at the most')
  @IsInt()
  @Min(1)
  sourceMaxFiles: number = 1_000;

  @FromEnvironment('SKEIN_SOURCE_MAX_BYTES', 'bytes of one fetched path or HTTP body at the most')
  @IsInt()
  @Min(1)
  sourceMaxBytes: number = 10 * MIB;

  @FromEnvironment('SKEIN_SOURCE_GIT_TIMEOUT_MS', 'the longest a git fetch may take')
  @IsInt()
  @Min(100)
  sourceGitTimeoutMs: number = 60_000;

  @FromEnvironment('SKEIN_SOURCE_HTTP_TIMEOUT_MS', 'the longest an HTTP fetch may take')
  @IsInt()
  @Min(100)
  sourceHttpTimeoutMs: number = 30_000;

  @FromEnvironment(
    'SKEIN_SOURCE_CONCURRENCY',
    'how many things are fetched for side by side; many times what one repository may have, so that a few that do not answer leave room for all others',
  )
  @IsInt()
  @Min(1)
  sourceConcurrency: number = 16;

  @FromEnvironment(
    'SKEIN_SOURCE_REPOSITORY_CONCURRENCY',
    'of these, how many for one repository; three times as many wait a second for a place, the others come again later',
  )
  @IsInt()
  @Min(1)
  sourceRepositoryConcurrency: number = 2;

  /** As libs/sources takes it; two services must not share a folder. */
  sourceSettings(service: string) {
    return {
      cacheFolder: join(this.sourceCacheDirectory, service),
      allowFile: this.sourceAllowedFileRoots,
      allowedNetworks: this.sourceAllowedCidrs,
      sshKnownHosts: this.sourceSshKnownHosts?.read,
      kubernetes: this.kubernetesSettings,
      limits: {
        files: this.sourceMaxFiles,
        bytes: this.sourceMaxBytes,
        gitTime: this.sourceGitTimeoutMs,
        httpTime: this.sourceHttpTimeoutMs,
        perRepository: this.sourceRepositoryConcurrency,
      },
    };
  }
}
