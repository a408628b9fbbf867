import { matches, type Labels } from '@skein/domain-resource';
import { limitOf } from './limit.js';
import type { Plan } from './plan.js';

/** A device of the fleet, as a batch would look at it. */
export interface PreviewedDevice {
  readonly labels: Labels;
  readonly connected: boolean;
  /** Whether it was selected for the template version already. */
  readonly selected: boolean;
}

/** What a batch would take. */
export interface PreviewedBatch {
  /** Devices that match its selector. */
  readonly matching: number;
  /** The places of the devices that it would take, in their order. */
  readonly taken: readonly number[];
}

/**
 * Which devices each batch of a plan would take, if those of the batches before it stay. Devices are looked at in the order in which
 * the rollout takes them; silent ones are left to the last batch. Time: devices × batches; memory: a few bytes for each device.
 */
export class Preview {
  /** Of each device: which of the distinct sets of matching batches it has. */
  private readonly kinds: number[] = [];
  private readonly open: boolean[] = [];
  private readonly connected: boolean[] = [];
  private readonly known = new Map<string, number>();
  private readonly matchedBy: (readonly boolean[])[] = [];

  constructor(private readonly plan: Plan) {}

  /** How many devices were added. */
  get size(): number {
    return this.kinds.length;
  }

  add({ labels, connected, selected }: PreviewedDevice): void {
    const matched = this.plan.batches.map(
      ({ definition: { selector } }) => !selector || matches(selector, labels),
    );
    const key = matched.map(Number).join('');
    const kind = this.known.get(key) ?? this.known.size;
    this.known.set(key, kind);
    this.matchedBy[kind] ??= matched;
    this.kinds.push(kind);
    this.open.push(!selected);
    this.connected.push(connected);
  }

  batches(): PreviewedBatch[] {
    return this.plan.batches.map((_, index) => this.take(index));
  }

  private take(index: number): PreviewedBatch {
    const matching = this.places((place) => this.matchedBy[this.kinds[place]!]![index]!);
    const left = matching.filter((place) => this.open[place]);
    const count = { devices: matching.length, selected: matching.length - left.length };
    const isLast = index === this.plan.batches.length - 1;
    const able = isLast ? left : left.filter((place) => this.connected[place]);
    const taken = able.slice(0, limitOf(this.plan.batches[index]!.definition.limit, count));
    for (const place of taken) this.open[place] = false;
    return { matching: matching.length, taken };
  }

  private places(isMeant: (place: number) => boolean): number[] {
    return this.kinds.flatMap((_, place) => (isMeant(place) ? [place] : []));
  }
}
