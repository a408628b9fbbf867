import { FromEnvironment, SealingConfig } from '@skein/config';
import {
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  ValidateIf,
} from 'class-validator';
import { OIDC_ALGORITHMS, type OidcSettings } from './oidc-settings.js';

const ISSUER = /^(https:\/\/|http:\/\/(127(\.\d{1,3}){3}|\[::1\]|localhost)[:/])/;
const withIssuer = ({ oidcIssuer }: OidcConfig) => oidcIssuer !== undefined;

/** How tokens of an OpenID provider are believed. */
export class OidcConfig extends SealingConfig {
  @FromEnvironment('SKEIN_OIDC_ISSUER', 'the OpenID provider whose access tokens are believed')
  @IsOptional()
  @Matches(ISSUER, { message: '$property must be an https URL, as it stands in the tokens' })
  oidcIssuer?: string;

  @FromEnvironment('SKEIN_OIDC_AUDIENCE', 'what a token must be for')
  @ValidateIf(withIssuer)
  @IsDefined({ message: '$property must be given with SKEIN_OIDC_ISSUER' })
  oidcAudience?: string;

  @FromEnvironment(
    'SKEIN_OIDC_CLIENT_ID',
    'the public client with which command lines and pages log users in',
  )
  @IsOptional()
  @IsString()
  oidcClientId?: string;

  @FromEnvironment('SKEIN_OIDC_NAME_CLAIM', 'the claim with the name of the user; sub without it')
  @IsString()
  oidcNameClaim: string = 'preferred_username';

  @FromEnvironment(
    'SKEIN_OIDC_GROUPS_CLAIM',
    'the claim with the groups of the user: names with dots between them, as realm_access.roles',
  )
  @IsString()
  oidcGroupsClaim: string = 'groups';

  @FromEnvironment('SKEIN_OIDC_ALGORITHMS', 'how tokens may be signed, comma-separated')
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(OIDC_ALGORITHMS, { each: true })
  oidcAlgorithms: string[] = ['RS256', 'ES256', 'PS256', 'EdDSA'];

  /** Undefined when there is no provider. */
  get oidc(): OidcSettings | undefined {
    if (this.oidcIssuer === undefined) return undefined;
    return {
      issuer: this.oidcIssuer,
      audience: this.oidcAudience!,
      clientId: this.oidcClientId ?? this.oidcAudience!,
      algorithms: this.oidcAlgorithms,
      nameClaim: this.oidcNameClaim.split('.'),
      groupsClaim: this.oidcGroupsClaim.split('.'),
    };
  }
}
