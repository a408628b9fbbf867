import { put } from './api.js';
import { device, nowhere } from './manifests.js';
import type { Writers } from './writers.js';

/** Far above those of the writers. */
const firstWrite = 1_000_000;

/** Devices that only a scenario writes; as with the writers' own, what is acknowledged must be in the log. */
export class MarkedDevices {
  private write = firstWrite;

  constructor(
    private readonly writers: Writers,
    readonly names: readonly string[],
  ) {}

  /**
   * Creates each, or changes its labels; in no fleet.
   * @throws when a write is not saved
   */
  async put(): Promise<void> {
    for (const name of this.names) {
      this.write += 1;
      const { write } = this;
      const answer = await put(
        this.writers.urls[0]!,
        `devices/${name}`,
        device(name, nowhere, write),
      );
      if (answer.kind !== 'saved') throw new Error(answer.reason);
      this.writers.acknowledged.push({ kind: 'Device', name, version: answer.version, write });
    }
  }
}
