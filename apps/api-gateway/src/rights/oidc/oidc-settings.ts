/** How tokens of an OpenID provider are believed. */
export interface OidcSettings {
  /** Exactly as it stands in the tokens. */
  readonly issuer: string;
  /** One of those that a token must be for. */
  readonly audience: string;
  /** Of the public client that users log in with. */
  readonly clientId: string;
  /** Signature algorithms, asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** The claim with the user's name. */
  readonly nameClaim: readonly string[];
  /** The claim with the groups: a path into the token. */
  readonly groupsClaim: readonly string[];
}

/** Those that a provider may sign with. A shared secret is none: whoever can verify could also sign. */
export const OIDC_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;
