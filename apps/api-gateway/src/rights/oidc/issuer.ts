import type { Logger } from '@skein/telemetry';
import { createRemoteJWKSet, type RemoteJWKSet } from 'jose';
import { RefusedRequest } from '../../resources/refused-request.js';

const ANSWER_MS = 5_000;
/** Keys that the provider has withdrawn are believed so long at the most, while it can be reached. */
const RELOAD_EVERY_MS = 600_000;
/** Tokens that name keys which nobody knows make us ask so often at the most. */
const COOLDOWN_MS = 30_000;
const MAX_METADATA_BYTES = 256 * 1_024;

/** An OpenID provider: where its keys are, and the keys, which stay good while it is away. */
export class Issuer {
  private keys: Promise<RemoteJWKSet> | undefined;
  private failedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly issuer: string,
    private readonly logger: Logger,
  ) {}

  /** @throws RefusedRequest `busy` when it was never reached and cannot be now */
  async keySet(): Promise<RemoteJWKSet> {
    if (!this.keys && Date.now() - this.failedAt < ANSWER_MS) throw unreachable();
    this.keys ??= this.discover();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      this.failedAt = Date.now();
      this.logger.error({ error, issuer: this.issuer }, 'the OpenID provider cannot be reached');
      throw unreachable();
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async discover(): Promise<RemoteJWKSet> {
    const place = `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { issuer, jwks_uri: jwksUri } = await metadataAt(place);
    if (issuer !== this.issuer) {
      throw new Error(`${place} is about ${String(issuer)}, not about ${this.issuer}`);
    }
    if (typeof jwksUri !== 'string') throw new Error(`${place} names no jwks_uri`);
    const keys = createRemoteJWKSet(new URL(jwksUri), {
      timeoutDuration: ANSWER_MS,
      cooldownDuration: COOLDOWN_MS,
      // Aged keys would lock everybody out as soon as the provider is away: they are renewed beside the requests.
      cacheMaxAge: Infinity,
    });
    await keys.reload();
    this.timer = setInterval(() => void this.reload(keys), RELOAD_EVERY_MS).unref();
    return keys;
  }

  private async reload(keys: RemoteJWKSet): Promise<void> {
    try {
      await keys.reload();
    } catch (error) {
      const message = 'the keys of the OpenID provider cannot be renewed: the known ones stay good';
      this.logger.warn({ error, issuer: this.issuer }, message);
    }
  }
}

function unreachable(): RefusedRequest {
  return new RefusedRequest('busy', 'the OpenID provider cannot be reached: try again');
}

async function metadataAt(place: string): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(place, { signal, redirect: 'error' });
  if (!response.ok) throw new Error(`${place} answers ${response.status}`);
  const text = await response.text();
  if (text.length > MAX_METADATA_BYTES) throw new Error(`${place} answers too much`);
  return JSON.parse(text) as Record<string, unknown>;
}
