import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Headers as the HTTP server gives them, with names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** HMAC-SHA256 of the body, in hexadecimal digits: GitHub, Gitea and Forgejo. */
const SIGNATURES: readonly (readonly [header: string, pattern: RegExp])[] = [
  ['x-hub-signature-256', /^sha256=([0-9a-f]{64})$/],
  ['x-gitea-signature', /^([0-9a-f]{64})$/],
  ['x-forgejo-signature', /^([0-9a-f]{64})$/],
];
/** GitLab sends the secret itself. */
const TOKEN = 'x-gitlab-token';

const EVENTS = ['x-github-event', 'x-gitea-event', 'x-forgejo-event', 'x-gitlab-event'];
/** What changes branches or tags. */
const PUSHES: ReadonlySet<string> = new Set([
  ...['push', 'create', 'delete'],
  ...['push hook', 'tag push hook'],
]);

const textIn = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Takes the same time wherever they differ, and whatever their lengths are. */
function isSame(one: Buffer, other: Buffer): boolean {
  const [a, b] = [one, other].map((bytes) => createHash('sha256').update(bytes).digest());
  return timingSafeEqual(a!, b!);
}

/** Whether whoever sent the body knows the secret. */
export function isSigned(headers: Headers, body: Buffer, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const signed = SIGNATURES.map(([header, pattern]) => {
    const [, digits = ''] = pattern.exec(textIn(headers, header) ?? '') ?? [];
    return isSame(Buffer.from(digits, 'hex'), expected);
  });
  const token = textIn(headers, TOKEN);
  const known = isSame(Buffer.from(token ?? ''), Buffer.from(secret));
  return signed.includes(true) || (token !== undefined && known);
}

/** Whether the delivery says that something was pushed; one that does not say what it is about does. */
export function isPush(headers: Headers): boolean {
  const said = EVENTS.map((name) => headers[name]).find((value) => value !== undefined);
  return said === undefined || PUSHES.has(String(said).toLowerCase());
}
