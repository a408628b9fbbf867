import type { Outcome } from './round.js';

export interface Failure {
  readonly scenario: string;
  readonly seed: number;
  readonly faults: readonly string[];
  /** Where the logs of the services are. */
  readonly logs: string;
}

/** What the last line says. */
export class Summary {
  scenarios = 0;
  rounds = 0;
  acknowledged = 0;
  lost = 0;
  twice = 0;
  readonly failed: Failure[] = [];
  readonly skipped: { readonly scenario: string; readonly why: string }[] = [];

  add({ acknowledged, lost, twice }: Outcome): void {
    this.rounds += 1;
    this.acknowledged += acknowledged;
    this.lost += lost;
    this.twice += twice;
  }
}
