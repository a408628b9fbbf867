import type { Role } from './roles.js';

/** In the place of an organisation: all of them. */
export const EVERYWHERE = '*';

/** A role in one organisation, or in all. */
export interface Grant {
  readonly role: Role;
  /** Its id, or `*`. */
  readonly organization: string;
  /** Uid of the device that holds the role `device`. */
  readonly device?: string;
}

/** Who somebody is, as whatever they showed proves it. */
export interface Identity {
  /** As it stands in events. */
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** An organisation that there is. */
export interface Organisation {
  readonly id: string;
  readonly displayName: string;
}

/** Tells who holds a bearer token, and which organisations there are. */
export abstract class Identities {
  /** Undefined for a token of nobody. */
  abstract holderOf(token: string): Promise<Identity | undefined>;

  abstract organisations(): readonly Organisation[];

  /** Who comes without a token; undefined: nobody may. */
  readonly anonymous: Identity | undefined;
}
