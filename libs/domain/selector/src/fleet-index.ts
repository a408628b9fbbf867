import type { Labels, LabelSelector } from '@skein/domain-resource';
import { isEmptySelector, matches } from '@skein/domain-resource';

export interface SelectingFleet {
  /** The fleet's uid. */
  fleet: string;
  name: string;
  selector: LabelSelector | null;
}

/** Requires the label `key` to have one of the values. */
interface Anchor {
  key: string;
  values: string[];
}

function anchorsOf(selector: LabelSelector): Anchor[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, values: [value] })),
    ...(selector.matchExpressions ?? [])
      .filter(({ operator }) => operator === 'In')
      .map(({ key, values = [] }) => ({ key, values: [...new Set(values)] })),
  ];
}

function pairsOf({ key, values }: Anchor): string[] {
  // Label keys and values hold no NUL: the pair is unambiguous.
  return values.map((value) => `${key}\0${value}`);
}

/**
 * Finds the fleets whose selector matches a device's labels. Each fleet lies
 * under the rarest label that it asks for, so a device looks only at fleets
 * with which it shares that label, and at those that name no label value.
 */
export class FleetIndex {
  private readonly fleetsByPair = new Map<string, SelectingFleet[]>();
  private readonly unanchored: SelectingFleet[] = [];

  constructor(fleets: SelectingFleet[]) {
    const selecting = fleets.filter(({ selector }) => !isEmptySelector(selector));
    const frequency = this.countPairs(selecting);
    for (const fleet of selecting) this.add(fleet, frequency);
  }

  matching(labels: Labels): SelectingFleet[] {
    return this.candidates(labels).filter(({ selector }) => matches(selector, labels));
  }

  /** The fleets that a device with these labels is compared with. */
  candidates(labels: Labels): SelectingFleet[] {
    const found = Object.entries(labels).flatMap(
      ([key, value]) => this.fleetsByPair.get(`${key}\0${value}`) ?? [],
    );
    return [...found, ...this.unanchored];
  }

  private countPairs(fleets: SelectingFleet[]): Map<string, number> {
    const frequency = new Map<string, number>();
    for (const { selector } of fleets) {
      for (const pair of anchorsOf(selector ?? {}).flatMap(pairsOf)) {
        frequency.set(pair, (frequency.get(pair) ?? 0) + 1);
      }
    }
    return frequency;
  }

  private add(fleet: SelectingFleet, frequency: Map<string, number>): void {
    const cost = (anchor: Anchor): number =>
      pairsOf(anchor).reduce((sum, pair) => sum + (frequency.get(pair) ?? 0), 0);
    const [rarest] = anchorsOf(fleet.selector ?? {})
      .map((anchor) => ({ anchor, cost: cost(anchor) }))
      .sort((left, right) => left.cost - right.cost);
    if (!rarest) {
      this.unanchored.push(fleet);
      return;
    }
    for (const pair of pairsOf(rarest.anchor)) this.fleetsAt(pair).push(fleet);
  }

  private fleetsAt(pair: string): SelectingFleet[] {
    const fleets = this.fleetsByPair.get(pair) ?? [];
    this.fleetsByPair.set(pair, fleets);
    return fleets;
  }
}
