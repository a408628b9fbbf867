import type { DeviceSpec } from '@skein/domain-resource';
import {
  isOfRepository,
  references,
  watchedOf,
  watchedText,
  type Reference,
} from '@skein/domain-template';

/** Something outside that a spec refers to. */
export interface Referred {
  /** Name of the repository; empty for a secret. */
  readonly repository: string;
  /** As `watchedText` has it, or {@link secretReference}. */
  readonly reference: string;
}

/** What Kubernetes can have for a namespace or a secret; a name with device parameters is none. */
const NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** One text for a secret: `secret edge/tls`. */
export function secretReference({ namespace, name }: SecretPlace): string {
  return `secret ${namespace}/${name}`;
}

/** What the text of {@link secretReference} stands for. */
export function secretIn(reference: string): SecretPlace {
  const [namespace = '', name = ''] = reference.slice('secret '.length).split('/');
  return { namespace, name };
}

function referredBy(reference: Reference): Referred[] {
  if (isOfRepository(reference)) {
    return [{ repository: reference.repository, reference: watchedText(watchedOf(reference)) }];
  }
  const { namespace, name } = reference;
  const exists = NAME.test(namespace) && NAME.test(name);
  return exists ? [{ repository: '', reference: secretReference({ namespace, name }) }] : [];
}

/** What a spec refers to, each once. Secrets whose names depend on the device are left out: nobody knows which they are. */
export function referredIn(spec: DeviceSpec): Referred[] {
  const all = references(spec).flatMap(referredBy);
  return [...new Map(all.map((one) => [`${one.repository}\n${one.reference}`, one])).values()];
}
