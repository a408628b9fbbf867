import type { DeviceSpec } from '@skein/domain-resource';
import { isOfRepository, references, watchedOf, watchedText } from '@skein/domain-template';

/** Something in a repository that a spec refers to. */
export interface Referred {
  /** Name of the repository. */
  readonly repository: string;
  /** As `watchedText` has it. */
  readonly reference: string;
}

/** What a spec refers to, each once. */
export function referredIn(spec: DeviceSpec): Referred[] {
  const all = references(spec)
    .filter(isOfRepository)
    .map((one): Referred => {
      return { repository: one.repository, reference: watchedText(watchedOf(one)) };
    });
  return [...new Map(all.map((one) => [`${one.repository}\n${one.reference}`, one])).values()];
}
