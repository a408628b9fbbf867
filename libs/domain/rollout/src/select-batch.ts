import type { Labels, RolloutBatch } from '@skein/domain-resource';
import { matches } from '@skein/domain-resource';
import { limitOf } from './limit.js';

/** A device of the fleet that can be selected. */
export interface Candidate {
  /** The device's uid. */
  readonly device: string;
  readonly labels: Labels;
  /** Whether it was selected for this template version before. */
  readonly selected: boolean;
}

/** What a batch asks for, without its threshold. */
export type BatchDefinition = Pick<RolloutBatch, 'selector' | 'limit'>;

/** The uids of the devices that a batch takes, in the order of the candidates. A batch without a selector looks at all of them. */
export function selectBatch(
  { selector, limit }: BatchDefinition,
  candidates: readonly Candidate[],
): string[] {
  const matching = selector
    ? candidates.filter(({ labels }) => matches(selector, labels))
    : candidates;
  const open = matching.filter(({ selected }) => !selected);
  const count = { devices: matching.length, selected: matching.length - open.length };
  return open.slice(0, limitOf(limit, count)).map(({ device }) => device);
}
