import { SourceError } from './source-error.js';
import type { Credentials, RepositoryAccess } from './source.js';

/** A repository as its events describe it. */
export interface DescribedRepository {
  readonly org: string;
  readonly uid: string;
  readonly name: string;
  /** Without the credentials. */
  readonly spec: { readonly [key: string]: unknown };
  /** Id of the sealed credentials; null without any. */
  readonly credentials: string | null;
}

/**
 * Opens what was sealed for a repository: JSON of `Credentials`. Rejects with an error whose `retryable` says whether
 * a later try can help.
 */
export interface CredentialOpener {
  open(binding: { org: string; uid: string }, id: string): Promise<Buffer>;
}

/** The part of a spec that belongs to the transport. A CA's certificate is no secret and so stands here. */
interface Transport {
  readonly skipServerVerification?: boolean;
  readonly 'ca.crt'?: string;
}

/** What is needed to fetch from a repository. Its credentials are opened: do not keep it. */
export async function accessTo(
  repository: DescribedRepository,
  opener: CredentialOpener,
): Promise<RepositoryAccess> {
  const { org, uid, name, spec } = repository;
  const { type, url } = spec;
  if (type !== 'git' && type !== 'http') {
    throw new SourceError(
      'invalid',
      `nothing can be fetched from a repository of type ${String(type)}`,
    );
  }
  const transport = (spec['httpConfig'] ?? spec['sshConfig'] ?? {}) as Transport;
  const skipServerVerification = transport.skipServerVerification === true;
  const ca = transport['ca.crt'] === undefined ? {} : { 'ca.crt': transport['ca.crt'] };
  const credentials = { ...ca, ...(await credentialsOf(repository, opener)) };
  return { org, uid, name, type, url: String(url), skipServerVerification, credentials };
}

async function credentialsOf(
  { org, uid, credentials }: DescribedRepository,
  opener: CredentialOpener,
): Promise<Credentials> {
  if (credentials === null) return {};
  const opened = await opener.open({ org, uid }, credentials);
  return JSON.parse(opened.toString('utf8')) as Credentials;
}
