import type { Labels, LabelSelector } from '@skein/domain-resource';
import { isEmptySelector, matches } from '@skein/domain-resource';

export interface SelectingFleet {
  /** The fleet's uid. */
  fleet: string;
  name: string;
  selector: LabelSelector | null;
}

/** The pairs of label and value of which a matching device has one. */
type Pairs = readonly string[];

function pair(key: string, value: string): string {
  // Label keys and values hold no NUL: the pair is unambiguous.
  return `${key}\0${value}`;
}

/** Each requirement that names values, as the pairs that meet it. */
function pairsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Pairs[] {
  const expressions = matchExpressions.filter(({ operator }) => operator === 'In');
  return [
    ...Object.entries(matchLabels).map(([key, value]) => [pair(key, value)]),
    ...expressions.map(({ key, values = [] }) => [...new Set(values)].map((v) => pair(key, v))),
  ];
}

/**
 * Finds the fleets whose selector matches a device's labels. Each fleet lies
 * under the rarest label that it asks for, so a device looks only at fleets
 * with which it shares that label, and at those that name no label value.
 * It is kept while fleets come, change and go.
 */
export class FleetIndex {
  private readonly fleets = new Map<string, SelectingFleet>();
  private readonly places = new Map<string, Pairs>();
  private readonly fleetsByPair = new Map<string, Set<SelectingFleet>>();
  private readonly unanchored = new Set<SelectingFleet>();
  /** How many fleets ask for a pair. */
  private readonly frequency = new Map<string, number>();

  constructor(fleets: Iterable<SelectingFleet> = []) {
    const all = [...fleets];
    for (const fleet of all) this.learn(fleet);
    for (const fleet of all) this.place(fleet);
  }

  get size(): number {
    return this.fleets.size;
  }

  /** Whether a fleet with this uid exists. */
  has(fleet: string): boolean {
    return this.fleets.has(fleet);
  }

  /** Adds a fleet, or puts it in the place of what was known of it. */
  set(fleet: SelectingFleet): void {
    this.delete(fleet.fleet);
    this.learn(fleet);
    this.place(fleet);
  }

  delete(uid: string): void {
    const fleet = this.fleets.get(uid);
    if (!fleet) return;
    this.fleets.delete(uid);
    for (const one of pairsOf(fleet.selector ?? {}).flat()) this.count(one, -1);
    this.unanchored.delete(fleet);
    for (const one of this.places.get(uid) ?? []) this.remove(one, fleet);
    this.places.delete(uid);
  }

  matching(labels: Labels): SelectingFleet[] {
    return this.candidates(labels).filter(({ selector }) => matches(selector, labels));
  }

  /** The fleets that a device with these labels is compared with. */
  candidates(labels: Labels): SelectingFleet[] {
    const found = Object.entries(labels).flatMap(([key, value]) => [
      ...(this.fleetsByPair.get(pair(key, value)) ?? []),
    ]);
    return [...found, ...this.unanchored];
  }

  private learn(fleet: SelectingFleet): void {
    this.fleets.set(fleet.fleet, fleet);
    for (const one of pairsOf(fleet.selector ?? {}).flat()) this.count(one, 1);
  }

  private count(one: string, by: number): void {
    const count = (this.frequency.get(one) ?? 0) + by;
    if (count > 0) this.frequency.set(one, count);
    else this.frequency.delete(one);
  }

  private place(fleet: SelectingFleet): void {
    if (isEmptySelector(fleet.selector)) return;
    const cost = (pairs: Pairs): number =>
      pairs.reduce((sum, one) => sum + (this.frequency.get(one) ?? 0), 0);
    const [rarest] = pairsOf(fleet.selector ?? {})
      .map((pairs) => ({ pairs, cost: cost(pairs) }))
      .sort((left, right) => left.cost - right.cost);
    if (!rarest) {
      this.unanchored.add(fleet);
      return;
    }
    this.places.set(fleet.fleet, rarest.pairs);
    for (const one of rarest.pairs) {
      const fleets = this.fleetsByPair.get(one) ?? new Set();
      this.fleetsByPair.set(one, fleets.add(fleet));
    }
  }

  private remove(one: string, fleet: SelectingFleet): void {
    const fleets = this.fleetsByPair.get(one);
    fleets?.delete(fleet);
    if (fleets?.size === 0) this.fleetsByPair.delete(one);
  }
}
