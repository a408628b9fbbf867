/** What clients should not send, and some send. */
import * as fc from 'fast-check';

const words = [
  '',
  ' ',
  '.',
  '..',
  '\0',
  'a\0b',
  '\ud800',
  'é',
  '\u202e',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'NaN',
  '-1',
  '1e999',
  '9'.repeat(40),
  '9223372036854775808',
  '2147483648',
  'x'.repeat(254),
  'x'.repeat(70_000),
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  "'; select pg_sleep(9); --",
  '%',
  '\\',
  '"',
  '{{ .metadata.labels.a }}',
  '{{',
];

export const hostileText = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** A place in the text of a body where a list stands that is as deep as a body can hold. */
export const DEEP = '@deep';

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, 2 ** 31, 5e-324),
  fc.constantFrom<unknown>([], {}, [[]], [null], { a: null }, { toString: 1 }, { length: 1e9 }),
  fc.constantFrom<unknown>(
    DEEP,
    Array.from({ length: 5_000 }, () => ({})),
  ),
  hostileText,
  fc.jsonValue({ maxDepth: 3 }),
);

const selectors = [
  'a',
  '!a',
  'a=b,',
  'a=',
  '=b',
  'a in ()',
  'a in (b',
  'a notin (b,c)',
  '(a,b)=(c,d)',
  'a==b',
  'a=b=c',
  ',,,',
  `${'a,'.repeat(2_000)}a`,
  `a in (${'b,'.repeat(2_000)}b)`,
  `a${'('.repeat(5_000)}`,
  'metadata.name=a',
  'metadata.creationTimestamp>x',
  'metadata.creationTimestamp>=275760-01-01T00:00:00Z',
  'metadata.creationTimestamp<0000-01-01T00:00:00Z',
  'metadata.generation>99999999999999999999',
  'metadata.labels.a contains b',
  'metadata.owner=Fleet/',
  'status.lastSeen<2026-01-01T00:00:00Z',
  'status.summary.status in (Online,"',
  'involvedObject.kind=Device,involvedObject.name=\0',
  '__proto__=a',
];

/** For parameters of queries: also with the syntax of selectors and of positions. */
export const hostileParameter = fc.oneof(
  hostileText,
  fc.constantFrom(...selectors),
  fc.constantFrom('@continue', '@altered', '@position', 'true', 'All'),
  fc.constantFrom('0', '1001', '-1', '-0', '0x10', '1e2', '1.5', ' 1'),
  fc.string({ unit: fc.constantFrom(...'a=!(),<> /.in"\\~*'), maxLength: 24 }),
);

/** A segment of a path as it goes over the wire. */
export const hostileSegment = fc.oneof(
  fc.constantFrom('', '.', '..', '%2e%2e', '%2E', '%00', 'a%00b', '%2f', 'd0%2Fstatus', 'd0%2e'),
  fc.constantFrom('%', '%zz', '%c0%ae', '%ff', '%ED%A0%80', 'D0', 'd0;a', 'd0\\a', '*', ':name'),
  fc.constantFrom('__proto__', 'constructor', 'x'.repeat(254), 'x'.repeat(9_000), '0', '-1', '1e3'),
  fc.constantFrom('9223372036854775807', '9223372036854775808', '00', '1.0', 'é'),
  hostileText.map((text) => encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, '�'))),
);

const tags = ['*', '""', '"', 'W/"1"', '@etag', '@etag, @etag', '"a", *', 'x', '"\u00ff"', '"a'];

/** Headers with values that they may have on the wire. */
export const hostileHeader: fc.Arbitrary<readonly [name: string, value: string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom('if-match', 'if-none-match'),
    fc.oneof(fc.constantFrom(...tags), fc.constant(`${'"a",'.repeat(900)}"b"`)),
  ),
  fc.tuple(
    fc.constant('idempotency-key'),
    fc.constantFrom('', 'k', 'k2', '"k"', 'x'.repeat(256), 'x'.repeat(5_000), '\u00ff', 'a b'),
  ),
  fc.tuple(
    fc.constant('accept'),
    fc.constantFrom(
      ...['*/*', '', ',', ';q=1', 'text/html', 'application/json;q=0', 'text/event-stream'],
      ...['application/problem+json', 'application/json-patch+json', 'a/b;q=9e9;q=x'],
    ),
  ),
  fc.tuple(
    fc.constantFrom('last-event-id', 'x-request-id', 'traceparent', 'flightctl-api-version'),
    fc.constantFrom('', '0', '-1', '9'.repeat(30), 'v1beta1', 'v9', '\u00e9', '00-0-0-0'),
  ),
  fc.tuple(
    fc.constantFrom('accept-encoding', 'content-encoding', 'expect', 'range', 'host', 'origin'),
    fc.constantFrom('', 'gzip', 'bytes=0-', 'x', '[::', '*'),
  ),
  fc.tuple(
    fc.constantFrom('x-hub-signature-256', 'x-gitlab-token', 'x-github-event', 'authorization'),
    fc.constantFrom('', 'sha256=', `sha256=${'0'.repeat(64)}`, 'Bearer ', 'Basic a', '\u00ff'),
  ),
);

export const hostileType = fc.constantFrom(
  ...['', 'text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=x'],
  ...['application/x-www-form-urlencoded', 'application/json-patch+json', '*/*', 'a', ';'],
  ...['application/merge-patch+json', 'application/x-skein-raw', 'application/JSON', 'json'],
  ...['application/json;;;', `application/json;${'a'.repeat(5_000)}`, '__proto__', 'constructor'],
);

export const hostileMethod = fc.constantFrom(
  ...['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'POST', 'GET', 'PROPFIND', 'PURGE'],
);

/** Changes of a body's text that leave JSON, or the usual way to write it. */
export const spoiledText = fc.constantFrom(
  ...['cut', 'twice', 'nul', 'mark', 'number', 'surrogate', 'bytes', 'prototype', 'empty', 'huge'],
  ...['latin', 'trailing'],
);
