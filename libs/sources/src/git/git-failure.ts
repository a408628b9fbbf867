import { SourceError } from '../source-error.js';
import type { SourceErrorCode } from '../source-error.js';

/** The local copy cannot be read or written: it is thrown away and made anew. */
export class DamagedMirror extends Error {
  override readonly name = 'DamagedMirror';
}

/** The server gives no files by themselves: the local copy is made anew with all of them. */
export class PartsRefused extends DamagedMirror {}

const LOCAL_DAMAGE =
  /\.lock': File exists|(?:index|pack) ?file .* (?:is|are|does not|cannot be)|bad object|necessary objects|object file .* is empty|loose object .* corrupt|not a git repository: '/;

const KNOWN: readonly (readonly [RegExp, SourceErrorCode, string])[] = [
  [
    /returned error: 40[13]|Authentication failed|could not read (?:Username|Password)/,
    'denied',
    'the server wants (other) credentials',
  ],
  [/Load key /, 'invalid', 'the SSH key cannot be read'],
  [
    /Host key verification failed/,
    'unreachable',
    "the server's host key is not the one in SKEIN_SOURCE_SSH_KNOWN_HOSTS, or has none there",
  ],
  [
    /Permission denied \(/,
    'denied',
    // ssh does not tell these apart.
    'the server does not accept the SSH key for this user, or the passphrase is missing or wrong',
  ],
  [
    /ssh: (?:command )?not found|cannot run ssh/,
    'unreachable',
    "there is no ssh program on this machine: install OpenSSH's client",
  ],
  [
    /No user exists for uid/,
    'unreachable',
    'ssh wants the user that Skein runs as to be in /etc/passwd',
  ],
  [/dubious ownership/, 'denied', 'the repository belongs to another user of this machine'],
  [
    /returned error: 30\d/,
    'refused',
    'the server says that the repository has moved; give its new URL (often the same with .git at its end)',
  ],
  [/transport '.*' not allowed/, 'refused', 'the protocol of the URL is not allowed'],
  [/returned error: (?:429|5\d\d)/, 'unreachable', 'the server answered with an error'],
  [
    /returned error: 4\d\d|repository .* not found|does not appear to be a git repository|is this a git repository/,
    'not-found',
    'there is no git repository at the URL',
  ],
  [/couldn't find remote ref/, 'not-found', 'the revision does not exist'],
  [/certificate|SSL/i, 'unreachable', "the server's certificate is not trusted, or TLS failed"],
  [
    /Could not resolve|Failed to connect|Couldn't connect|Connection (?:refused|reset|closed)|No route to host|Network is unreachable|timed out|too slow/,
    'unreachable',
    'the server does not answer',
  ],
];

/** What went wrong, in our own words: git's and the server's may hold secrets. */
export function failureOf(errors: string): SourceError | DamagedMirror {
  if (LOCAL_DAMAGE.test(errors)) return new DamagedMirror('a git command failed on the local copy');
  const known = KNOWN.find(([pattern]) => pattern.test(errors));
  if (known) return new SourceError(known[1], known[2]);
  return new SourceError('unreachable', 'git could not fetch from the server');
}

/** Old servers give branches and tags only, not an object by its name. */
export function refusesObject(errors: string): boolean {
  return /unadvertised object|not our ref|want .* not valid/.test(errors);
}
