import { Injectable } from '@nestjs/common';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { Backlog } from '../limits/backlog.js';
import { ConfiguredRates } from '../limits/rate-limits.provider.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { EVERYWHERE, Identities, type Grant, type Identity } from './identity.js';
import type { Need } from './needs.js';
import { isOfTheSystem, mayDo, type Resource, type Verb } from './roles.js';

/** What a call brings, at whichever door. */
export interface Credentials {
  /** The text of `authorization`. */
  readonly authorization: string | undefined;
  /** The organisation that it is about. */
  readonly organization: string | undefined;
  /** Where it comes from. */
  readonly address: string;
}

/** What somebody may speak for. */
interface Allowed {
  readonly identity: Identity;
  readonly organization: string;
  /** Uid of the one device that the caller may speak for; undefined for people. */
  readonly device?: string;
}

/** Somebody who was let in, and where. */
export interface Admitted extends Allowed {
  /** Where the call comes from. */
  readonly address: string;
  /**
   * Asks for the right again, when the call has taken long.
   * @throws RefusedRequest when it is taken away
   */
  readonly renew?: () => Promise<void>;
}

const BEARER = /^Bearer +([\x21-\x7e]{1,8192})$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NO_TOKEN = 'no token: send your token as `Authorization: Bearer <token>`';
const BAD_TOKEN = 'the token is not valid, or not any more';

const nobody: Identity = { name: 'anonymous', grants: [] };

/** Decides who may do what. Both doors ask here, and what nobody has allowed is refused. */
@Injectable()
export class Admission {
  constructor(
    private readonly identities: Identities,
    private readonly rates: ConfiguredRates,
    private readonly backlog: Backlog,
  ) {}

  /** @throws RefusedRequest `unauthorized`, `forbidden`, `too-many`, `busy`, or `invalid` when the organisation is not clear */
  async admit(need: Need | undefined, credentials: Credentials): Promise<Admitted> {
    this.backlog.requireRoom();
    const organization = organizationIn(credentials);
    const { address } = credentials;
    if (need?.kind === 'nothing') {
      this.rates.ofAddress('anonymous', address);
      return { identity: nobody, organization: organization ?? DEFAULT_ORGANISATION, address };
    }
    const identity = await this.identify(credentials);
    this.rates.ofIdentity(...countedAs(identity));
    if (!need) throw new RefusedRequest('forbidden', 'nobody was given the right to this');
    // Without a right there is no organisation to speak of.
    if (need.kind === 'identity') return { identity, organization: organization ?? '', address };
    const renew = () => this.admit(need, credentials).then(() => undefined);
    return { ...this.allow(identity, need, organization), address, renew };
  }

  /** Whoever has a good token is let in, however many wrong ones come from the same address: many may be behind it. */
  private async identify({ authorization, address }: Credentials): Promise<Identity> {
    const identity = await this.holderOf(authorization);
    if (identity) return identity;
    this.rates.ofAddress('failure', address);
    throw new RefusedRequest('unauthorized', authorization === undefined ? NO_TOKEN : BAD_TOKEN);
  }

  /** Whose token it is, as they are counted; undefined if it is nobody's. */
  async clientOf(authorization: string | undefined): Promise<string | undefined> {
    const identity = await this.holderOf(authorization);
    return identity && countedAs(identity).join(' ');
  }

  private async holderOf(authorization: string | undefined): Promise<Identity | undefined> {
    if (authorization === undefined) return this.identities.anonymous;
    const [, token] = BEARER.exec(authorization) ?? [];
    return token === undefined ? undefined : this.identities.holderOf(token);
  }

  private allow(
    identity: Identity,
    { resource, verb }: { resource: Resource; verb: Verb },
    asked: string | undefined,
  ): Allowed {
    const system = isOfTheSystem(resource);
    const organization = asked ?? (system ? '' : this.onlyOrganizationOf(identity));
    const grant = identity.grants.find(
      (held) =>
        (held.organization === EVERYWHERE || (held.organization === organization && !system)) &&
        (system ? held.role === 'admin' : mayDo(held.role, resource, verb)),
    );
    if (grant && (system || this.exists(organization)))
      return allowed(identity, organization, grant);
    const where = system ? '' : ` in organization ${organization}`;
    throw new RefusedRequest('forbidden', `${identity.name} may not ${verb} ${resource}${where}`);
  }

  /** The same refusal for an organisation that is not there as for one of others. */
  private exists(organization: string): boolean {
    return this.identities.organisations().some(({ id }) => id === organization);
  }

  private onlyOrganizationOf(identity: Identity): string {
    const [only, ...others] = organizationsOf(identity, this.identities);
    if (only && others.length === 0) return only.id;
    const message = only
      ? 'org_id: is missing, and you belong to more than one organization'
      : `${identity.name} belongs to no organization`;
    throw new RefusedRequest(only ? 'invalid' : 'forbidden', message);
  }
}

/** A device by its uid: others have its name, in other organisations. */
function countedAs({ name, grants }: Identity): ['user' | 'device', string] {
  const device = grants.find((grant) => grant.device !== undefined);
  return device ? ['device', device.device!] : ['user', name];
}

function allowed(identity: Identity, organization: string, { device }: Grant): Allowed {
  return { identity, organization, ...(device !== undefined && { device }) };
}

function organizationIn({ organization }: Credentials): string | undefined {
  if (organization === undefined || organization === '') return undefined;
  if (UUID.test(organization)) return organization.toLowerCase();
  throw new RefusedRequest('invalid', 'org_id: must be the id of an organization, a UUID');
}

/** Those in which somebody has a role. */
export function organizationsOf({ grants }: Identity, identities: Identities) {
  const ids = new Set(grants.map(({ organization }) => organization));
  return identities.organisations().filter(({ id }) => ids.has(id) || ids.has(EVERYWHERE));
}
