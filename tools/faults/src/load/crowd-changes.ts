import type { Random } from '../random.js';
import { put, remove, type Answer } from './api.js';
import { crowd, crowdDevice, crowdFleet, siteOf, type CrowdDevice } from './crowd-manifests.js';
import { nowhere } from './manifests.js';
import type { Writers } from './writers.js';

/** Far above those of the writers. */
const firstWrite = 2_000_000;
const toOtherSites = 10;
const away = 3;
const removed = 2;

/** Changes of single devices of the crowd, through the API: what is acknowledged must be in the log, as with the writers' own. */
export class CrowdChanges {
  private write = firstWrite;
  private devices: CrowdDevice[] = crowd();
  /** Those that are in no fleet. */
  private gone: CrowdDevice[] = [];

  constructor(
    private readonly writers: Writers,
    private readonly random: Random,
  ) {}

  /**
   * Some devices get to other groups of the budget, some leave the fleet, those that had left come back, and some are deleted.
   * @throws when a write is not saved
   */
  async make(): Promise<void> {
    for (const { name, labels } of this.some(toOtherSites)) {
      await this.save({ name, labels: { ...labels, site: siteOf(this.random.between(0, 99)) } });
    }
    for (const { name, labels } of this.gone) {
      await this.save({ name, labels: { ...labels, fleet: crowdFleet } });
    }
    this.gone = [];
    for (const { name, labels } of this.some(away)) {
      this.gone.push(await this.save({ name, labels: { ...labels, fleet: nowhere } }));
    }
    for (const device of this.some(removed)) await this.remove(device);
  }

  private some(count: number): CrowdDevice[] {
    return this.random.shuffled(this.devices).slice(0, count);
  }

  private async save({ name, labels }: CrowdDevice): Promise<CrowdDevice> {
    this.write += 1;
    const { write } = this;
    const device = { name, labels: { ...labels, write: String(write) } };
    const answer = savedOf(await put(this.url, `devices/${name}`, crowdDevice(device)));
    this.writers.acknowledged.push({ kind: 'Device', name, version: answer.version, write });
    this.devices = this.devices.map((one) => (one.name === name ? device : one));
    return device;
  }

  private async remove({ name }: CrowdDevice): Promise<void> {
    savedOf(await remove(this.url, `devices/${name}`));
    this.writers.removed.push(name);
    this.devices = this.devices.filter((one) => one.name !== name);
    this.gone = this.gone.filter((one) => one.name !== name);
  }

  private get url(): string {
    return this.writers.urls[0]!;
  }
}

function savedOf(answer: Answer): Answer & { readonly kind: 'saved' } {
  if (answer.kind === 'saved') return answer;
  throw new Error(answer.reason);
}
