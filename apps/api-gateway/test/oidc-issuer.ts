import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import Provider from 'oidc-provider';

/** What a client of the issuer says of itself in its tokens. */
interface Client {
  readonly id: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

const KEY = 'first';

/** A real OpenID provider on this machine, and its key, with which a test signs what the provider never would. */
export class OidcIssuer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly audience: string,
    readonly key: CryptoKey,
    readonly publicKey: CryptoKey,
  ) {}

  static async start(audience: string, clients: readonly Client[]): Promise<OidcIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const jwk = { ...(await exportJWK(privateKey)), kid: KEY, alg: 'RS256', use: 'sig' };
    const provider = new Provider(url, {
      jwks: { keys: [jwk] },
      clients: clients.map(({ id }) => ({
        client_id: id,
        client_secret: 'secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      extraTokenClaims: (_context, token) =>
        clients.find(({ id }) => id === token.clientId)?.claims ?? {},
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            scope: 'api',
            audience: resource,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    });
    const answer = provider.callback();
    server.on('request', (request, response) => void answer(request, response));
    return new OidcIssuer(server, url, audience, privateKey, publicKey);
  }

  /** A token as the issuer gives it to a client, for this audience unless another is wanted. */
  async tokenOf(client: string, audience = this.audience): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client}:secret`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'api',
        resource: audience,
      }),
    });
    const body = (await response.json()) as { access_token?: string };
    if (!body.access_token) throw new Error(JSON.stringify(body));
    return body.access_token;
  }

  /** What the issuer's key would sign; a claim that is undefined is left out. */
  sign(changed: JWTPayload = {}, header: Record<string, unknown> = {}, key = this.key) {
    const now = Math.floor(Date.now() / 1_000);
    const usual = { iss: this.url, aud: this.audience, sub: 's', iat: now, exp: now + 60 };
    const claims = Object.entries({ ...usual, preferred_username: 'mallory', ...changed });
    const payload = Object.fromEntries(claims.filter(([, value]) => value !== undefined));
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', kid: KEY, typ: 'at+jwt', ...header })
      .sign(key);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
