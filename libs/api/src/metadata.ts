import { Text, TextMap, Time, Whole } from './property.js';

export const API_VERSION = 'flightctl.io/v1beta1';

/** Spellings of the API's version that clients may send. */
const apiVersions = [API_VERSION, 'v1beta1', ''];

/** What every resource begins with. */
export abstract class Resource {
  @Text({ oneOf: apiVersions, description: 'Version of the API that the resource is written in.' })
  apiVersion: string;
}

export class ObjectMeta {
  @Text({
    optional: true,
    maxLength: 253,
    description: 'Unique among the living ones of its kind.',
  })
  name?: string;

  @TextMap({ optional: true, description: 'Words to select resources by.' })
  labels?: Record<string, string>;

  @TextMap({ optional: true, description: 'Set by services; what a client sends is ignored.' })
  annotations?: Record<string, string>;

  @Whole({ optional: true, description: 'Grows by one with each change of the spec.' })
  generation?: number;

  @Text({ optional: true, description: 'The resource that this one belongs to: Fleet/name.' })
  owner?: string;

  @Text({
    optional: true,
    description: 'Version of the stored resource; when sent, it must still be the current one.',
  })
  resourceVersion?: string;

  @Time({ optional: true })
  creationTimestamp?: string;

  @Time({ optional: true })
  deletionTimestamp?: string;
}

export class ListMeta {
  @Text({
    optional: true,
    description: 'Where a watch of this list begins; the same on all pages.',
  })
  resourceVersion?: string;

  @Text({ optional: true, description: 'Ask for the next page with it; absent on the last one.' })
  continue?: string;

  @Whole({ optional: true, description: 'How many items follow after this page.' })
  remainingItemCount?: number;
}

export class Condition {
  @Text()
  type: string;

  @Text({ oneOf: ['True', 'False', 'Unknown'] })
  status: 'True' | 'False' | 'Unknown';

  @Text({ description: 'One word, for programs.' })
  reason: string;

  @Text({ description: 'A sentence, for people.' })
  message: string;

  @Time({ description: 'When `status` changed last.' })
  lastTransitionTime: string;

  @Whole({ optional: true, description: 'The generation that was looked at.' })
  observedGeneration?: number;
}
