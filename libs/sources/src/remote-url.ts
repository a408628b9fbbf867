import { SourceError } from './source-error.js';

/**
 * Reads a URL that a user wrote. Everything after this uses the parsed form only, so that no second parser (curl's,
 * git's) can read another host out of it.
 */
export function parseRemoteUrl(text: string, protocols: readonly string[]): URL {
  if (/[\s\\\p{Cc}]/u.test(text)) {
    throw new SourceError(
      'invalid',
      'the URL has a space, a backslash or a control character in it',
    );
  }
  const url = URL.parse(text);
  if (!url) throw new SourceError('invalid', 'the URL cannot be read');
  if (!protocols.includes(url.protocol)) {
    const allowed = protocols.map((protocol) => `${protocol}//`).join(', ');
    throw new SourceError(
      'refused',
      `URLs of the kind ${url.protocol} are not supported here (only ${allowed})`,
    );
  }
  refuseExtras(url);
  // A trailing dot names the same host, but other programs do not always match it with the pinned one.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/\.+$/, '');
  return url;
}

function refuseExtras(url: URL): void {
  if (url.username || url.password) {
    throw new SourceError(
      'refused',
      'the URL holds a user name or password; put them into the credentials',
    );
  }
  if (url.hash) throw new SourceError('refused', 'the URL has a fragment (#…)');
}
