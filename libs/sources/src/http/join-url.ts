import { parseRemoteUrl } from '../remote-url.js';
import { SourceError } from '../source-error.js';

const PROTOCOLS = ['https:', 'http:'];

/**
 * The suffix may hold what a device calls itself, so it must not be able to leave the repository's URL: neither
 * its host nor, by `..`, its path.
 */
export function joinUrl(repositoryUrl: string, suffix = ''): URL {
  const base = parseRemoteUrl(repositoryUrl, PROTOCOLS);
  const url = parseRemoteUrl(append(repositoryUrl, suffix), PROTOCOLS);
  const inside = url.origin === base.origin && url.pathname.startsWith(base.pathname);
  if (!inside || climbs(suffix)) {
    throw new SourceError('refused', `the suffix ${suffix} leads out of the repository's URL`);
  }
  return url;
}

/** Plain appending, as Flight Control does, but with exactly one slash in between. */
function append(base: string, suffix: string): string {
  if (suffix === '' || suffix.startsWith('?') || base.includes('?')) return base + suffix;
  return `${base.replace(/\/+$/, '')}/${suffix.replace(/^\/+/, '')}`;
}

/** Also in the encodings that a server may decode once more. */
function climbs(suffix: string): boolean {
  const [path = ''] = suffix.split('?');
  const decoded = path.replaceAll(/%2e/gi, '.').replaceAll(/%2f|%5c/gi, '/');
  return decoded.split('/').includes('..');
}
