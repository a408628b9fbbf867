import { connectionError } from '../http/answer.js';
import { SourceError } from '../source-error.js';

export interface Asked {
  namespace: string;
  /** What the account must be allowed to do. */
  verbs: string;
}

/** The server has forgotten the version that a list or watch goes on from: list again. */
export class VersionGone extends Error {
  override readonly name = 'VersionGone';
}

/** What went wrong, in our own words: the client's errors hold headers and bodies. */
export function kubernetesFailure(error: unknown, asked: Asked): SourceError | VersionGone {
  if (error instanceof SourceError || error instanceof VersionGone) return error;
  const status = statusOf(error);
  if (status !== undefined) return statusFailure(status, asked);
  if ((error as { name?: unknown }).name === 'TimeoutError')
    return new SourceError('unreachable', 'the Kubernetes API has stopped answering');
  const cause = (error as { cause?: unknown }).cause ?? error;
  return connectionError(cause, 'the Kubernetes API');
}

/** The client says `code` in one place, `statusCode` in another. */
function statusOf(error: unknown): number | undefined {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return [code, statusCode].find((value) => typeof value === 'number');
}

export function statusFailure(
  status: number,
  { namespace, verbs }: Asked,
): SourceError | VersionGone {
  if (status === 410) return new VersionGone('the version is gone');
  const answered = `the Kubernetes API answered ${status}`;
  if (status === 401)
    return new SourceError(
      'denied',
      `${answered}: it does not know this installation's credentials; renew its token or certificate`,
    );
  if (status === 403)
    return new SourceError(
      'denied',
      `${answered}: grant this installation's account ${verbs} on secrets in namespace "${namespace}"`,
    );
  if (status === 404) return new SourceError('not-found', `${answered}: there is no such secret`);
  const later = status >= 500 || status === 408 || status === 429;
  return new SourceError(later ? 'unreachable' : 'invalid', answered);
}
