import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** What an answer of the API may do in a browser, which is nothing, and that nobody keeps it: many have secrets. */
export const SECURITY_HEADERS = {
  ...always,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

/** The page of the documentation: what this server has, and styles and pictures in the page. */
const PAGE_HEADERS = {
  ...always,
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

const isPage = (url: string) => /^\/docs(?:[/?]|$)/.test(url);

/**
 * Tells browsers and caches on the way what they may not do with answers. By hand: what has no
 * request yet needs them too (`client-error.ts`), which no library reaches. Strict-Transport-Security is for whoever speaks TLS.
 */
export function secureAnswers(server: Server): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(isPage(request.url) ? PAGE_HEADERS : SECURITY_HEADERS);
    done();
  });
}
