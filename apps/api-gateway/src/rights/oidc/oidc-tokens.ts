import type { Logger } from '@skein/telemetry';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { RefusedRequest } from '../../resources/refused-request.js';
import { Issuer } from './issuer.js';
import type { OidcSettings } from './oidc-settings.js';

/** Clocks may differ by so much. */
const TOLERANCE_SECONDS = 30;
const NAME = /^[\x21-\x7e]{1,128}$/;
/** Tokens of other uses are signed with the same keys. */
const TYPES = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);
const MOST_GROUPS = 1_000;

/** Who a token is about, and what the provider says of them. */
export interface OidcUser {
  readonly name: string;
  readonly groups: readonly string[];
}

function claimAt(payload: JWTPayload, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const isObject = value !== null && typeof value === 'object' && Object.hasOwn(value, key);
    return isObject ? (value as Record<string, unknown>)[key] : undefined;
  }, payload);
}

/** Access tokens of an OpenID provider, checked as RFC 8725 and RFC 9068 ask for. */
export class OidcTokens {
  private readonly issuer: Issuer;

  constructor(
    private readonly settings: OidcSettings,
    private readonly logger: Logger,
  ) {
    this.issuer = new Issuer(settings.issuer, logger);
  }

  /**
   * Undefined for a token that is not good, whatever the reason: the log says which.
   * @throws RefusedRequest `busy` when the keys of the provider are not known
   */
  async verify(token: string): Promise<OidcUser | undefined> {
    const { issuer, audience, algorithms } = this.settings;
    const keys = await this.issuer.keySet();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      if (TYPES.has(protectedHeader.typ?.toLowerCase())) return this.userOf(payload);
      this.logger.info({ typ: protectedHeader.typ }, 'a token of another use was refused');
    } catch (error) {
      if (isOutage(error)) throw new RefusedRequest('busy', 'the keys are not known: try again');
      this.logger.info({ reason: (error as Error).message }, 'a token was refused');
    }
    return undefined;
  }

  stop(): void {
    this.issuer.stop();
  }

  private userOf(payload: JWTPayload): OidcUser | undefined {
    const { nameClaim, groupsClaim } = this.settings;
    const named = claimAt(payload, nameClaim) ?? payload.sub;
    if (typeof named !== 'string' || !NAME.test(named)) return undefined;
    const said = claimAt(payload, groupsClaim);
    const groups = (Array.isArray(said) ? said : [said]).slice(0, MOST_GROUPS);
    return { name: named, groups: groups.filter((group) => typeof group === 'string') };
  }
}

/** That the provider is away is nobody's fault who comes with a token. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return error.code === errors.JWKSTimeout.code || error.code === errors.JOSEError.code;
}
