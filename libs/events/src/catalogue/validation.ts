import { define } from '../define.js';
import type { JsonObject } from '../envelope.js';

/** The content that a reference had when it was frozen. */
export interface FrozenContent {
  /** Git commit, or digest of an HTTP body. */
  readonly revision: string;
  /** Digest of the file bundle in blobs. */
  readonly digest: string;
  /** Bytes of the bundle. */
  readonly size: number;
}
export interface TemplateVersionCreated {
  readonly name: string;
  readonly fleet: string;
  /** Generation of the fleet's template. */
  readonly generation: number;
  /** The device spec of the template. */
  readonly spec: JsonObject;
  /** Frozen contents by the name of their config item. */
  readonly frozen: { readonly [item: string]: FrozenContent };
}
export const templateVersionCreated = define<TemplateVersionCreated>(
  'TemplateVersion',
  'skein.template-version.created.v1',
  ['name', 'fleet', 'generation', 'spec', 'frozen'],
);

/** The fleet's condition `Valid`; the subject is the fleet. */
export interface FleetValidated {
  readonly generation: number;
  readonly valid: boolean;
  /** One word: Valid, Invalid, or Waiting. */
  readonly reason: string;
  /** Names each broken item. */
  readonly message: string;
}
export const fleetValidated = define<FleetValidated>(
  'Validation',
  'skein.validation.fleet-validated.v1',
  ['generation', 'valid', 'reason', 'message'],
);
