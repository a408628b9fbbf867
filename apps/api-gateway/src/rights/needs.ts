import { SetMetadata } from '@nestjs/common';
import type { Resource, Verb } from './roles.js';

/** What a route or a call takes: nothing, any identity, or a right. */
export type Need =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'identity' }
  | { readonly kind: 'right'; readonly resource: Resource; readonly verb: Verb };

export const NEED = Symbol('skein:need');

/** Whoever calls must have this right in the organisation that the call is about. */
export const Needs = (verb: Verb, resource: Resource) =>
  SetMetadata(NEED, { kind: 'right', resource, verb } satisfies Need);

/** Whoever calls must say who they are. */
export const NeedsIdentity = () => SetMetadata(NEED, { kind: 'identity' } satisfies Need);

/** Anybody may call: it says nothing that is not public, or has a proof of its own. */
export const NeedsNothing = () => SetMetadata(NEED, { kind: 'nothing' } satisfies Need);
