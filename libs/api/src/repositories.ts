import { Condition, ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Flag, Nested, NestedList, Rule, Text } from './property.js';

export class HttpConfig {
  @Text({ optional: true })
  username?: string;

  @Text({ optional: true })
  password?: string;

  @Text({ optional: true, description: 'Sent as a bearer token.' })
  token?: string;

  @Text({ optional: true, description: 'Client certificate, base64.' })
  'tls.crt'?: string;

  @Text({ optional: true, description: 'Its key, base64.' })
  'tls.key'?: string;

  @Text({ optional: true, description: 'Certificates to trust, base64.' })
  'ca.crt'?: string;

  @Flag({ optional: true })
  skipServerVerification?: boolean;
}

export class SshConfig {
  @Text({ optional: true, description: 'PEM or OpenSSH, as it is or in base64.' })
  sshPrivateKey?: string;

  @Text({ optional: true })
  privateKeyPassphrase?: string;

  @Flag({ optional: true })
  skipServerVerification?: boolean;
}

const onlyFor: Readonly<Record<string, readonly string[]>> = {
  git: ['sshConfig'],
  http: ['validationSuffix'],
};

function typeProblem(type: unknown, spec: Record<string, unknown>): string | undefined {
  const misplaced = Object.entries(onlyFor)
    .filter(([allowed]) => allowed !== type)
    .flatMap(([, members]) => members.filter((member) => spec[member] !== undefined));
  if (misplaced.length > 0)
    return `a repository of type ${String(type)} has no ${misplaced.join(', ')}`;
  const both = spec['httpConfig'] !== undefined && spec['sshConfig'] !== undefined;
  return both ? 'a repository has httpConfig or sshConfig, not both' : undefined;
}

function urlProblem(url: unknown, spec: Record<string, unknown>): string | undefined {
  const ssh = /^ssh:\/\//i.test(String(url));
  if (spec['sshConfig'] !== undefined && !ssh)
    return 'with sshConfig it is written ssh://user@host/path (not user@host:path)';
  return ssh && spec['httpConfig'] !== undefined
    ? 'httpConfig does not go with an ssh:// URL'
    : undefined;
}

export class RepositorySpec {
  @Text({ oneOf: ['git', 'http'] })
  @Rule('fittingType', typeProblem)
  type: 'git' | 'http';

  @Text({ notEmpty: true })
  @Rule('fittingUrl', urlProblem)
  url: string;

  @Nested(() => HttpConfig, { optional: true })
  httpConfig?: HttpConfig;

  @Nested(() => SshConfig, { optional: true })
  sshConfig?: SshConfig;

  @Text({ optional: true, description: 'Follows the URL when access is checked.' })
  validationSuffix?: string;
}

export class RepositoryStatus {
  @NestedList(() => Condition)
  conditions: Condition[];
}

export class Repository extends Resource {
  @Text({ oneOf: ['Repository'] })
  kind: 'Repository';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => RepositorySpec)
  spec: RepositorySpec;

  @Nested(() => RepositoryStatus, { optional: true })
  status?: RepositoryStatus;
}

/** The secret by which the deliveries of a repository's server are known. It is never shown. */
export class RepositoryWebhook {
  @Text({
    pattern: /^[\x20-\x7e]{16,1024}$/,
    description: '16 to 1,024 printable characters of ASCII.',
  })
  secret: string;
}

export class RepositoryList extends Resource {
  @Text({ oneOf: ['RepositoryList'] })
  kind: 'RepositoryList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Repository)
  items: Repository[];
}
