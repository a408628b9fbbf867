import { Injectable } from '@nestjs/common';
import type { FleetIndex } from '@skein/domain-selector';
import { devicesMatched, type NewEvent, type Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { answersFor, portions } from './answers.js';
import { SelectorView, type KnownDevice } from './selector.view.js';

export interface Matched {
  readonly org: string;
  readonly devices: readonly KnownDevice[];
  /** All fleets of the organisation. */
  readonly fleets: FleetIndex;
  /** Devices that get an answer also when there is nothing new to say. */
  readonly wanted: ReadonlySet<string>;
  readonly origin: Origin;
}

/** Decides which fleet owns which of some devices, and keeps and tells the answers. */
@Injectable()
export class Matching {
  constructor(private readonly view: SelectorView) {}

  async match(transaction: Transaction, matched: Matched): Promise<NewEvent[]> {
    const { org, devices, fleets, wanted, origin } = matched;
    const answers = answersFor(devices, fleets, wanted);
    await this.view.save(transaction, org, answers);
    return [...portions(answers)].map((members) => ({
      definition: devicesMatched,
      org,
      subject: org,
      data: { members },
      origin,
    }));
  }
}
