import { SealError } from './seal-error.js';
import type { SealedStore } from './sealed-store.js';
import type { Binding, Sealer } from './sealer.js';

/** Opens sealed values by their reference. What it opens is used at once and kept nowhere. */
export class Vault {
  constructor(
    private readonly store: SealedStore,
    private readonly sealer: Sealer,
  ) {}

  /** @throws SealError */
  async open(binding: Binding, id: string): Promise<Buffer> {
    const sealed = await this.store.get({ org: binding.org, id });
    if (!sealed) throw new SealError('not-found', `there is no sealed value ${id}`);
    return this.sealer.open(binding, sealed);
  }
}
