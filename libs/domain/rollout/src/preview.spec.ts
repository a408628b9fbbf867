import { describe, expect, it } from '@jest/globals';
import type { RolloutBatch } from '@skein/domain-resource';
import fc from 'fast-check';
import { planOf } from './plan.js';
import { Preview, type PreviewedDevice } from './preview.js';
import { selectBatch } from './select-batch.js';

const device = (part: Partial<PreviewedDevice> = {}): PreviewedDevice => ({
  ...{ labels: {}, connected: true, selected: false },
  ...part,
});
const plan = (...sequence: RolloutBatch[]) =>
  planOf({ deviceSelection: { strategy: 'BatchSequence', sequence } });

function preview(batches: RolloutBatch[], devices: PreviewedDevice[]) {
  const made = new Preview(plan(...batches));
  for (const one of devices) made.add(one);
  return made.batches();
}

describe('a preview of a rollout', () => {
  it('says which devices each batch would take', () => {
    const canary = { labels: { canary: 'yes' } };
    const devices = [device(), device(canary), device(canary), device(), device()];
    const selector = { matchLabels: { canary: 'yes' } };
    expect(preview([{ selector, limit: 1 }, { limit: '60%' }], devices)).toEqual([
      { matching: 2, taken: [1] },
      { matching: 5, taken: [0, 2] },
      { matching: 5, taken: [3, 4] },
    ]);
  });

  it('leaves silent devices to the last batch, and takes nobody twice', () => {
    const devices = [device({ connected: false }), device({ selected: true }), device()];
    expect(preview([{ limit: 3 }], devices)).toEqual([
      { matching: 3, taken: [2] },
      { matching: 3, taken: [0] },
    ]);
  });

  it('is what the rule of a batch takes, batch by batch', () => {
    const batch = fc.record(
      {
        selector: fc.constantFrom('a', 'b').map((site) => ({ matchLabels: { site } })),
        limit: fc.oneof(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`),
        ),
      },
      { requiredKeys: [] },
    );
    const devices = fc.array(
      fc.record({
        labels: fc.constantFrom('a', 'b', 'c').map((site) => ({ site })),
        connected: fc.constant(true),
        selected: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), devices, (batches, fleet) => {
        const taken = new Set<number>();
        const { batches: planned } = plan(...batches);
        for (const [index, one] of preview(batches, fleet).entries()) {
          const candidates = fleet.map(({ labels, selected }, place) => {
            return { device: String(place), labels, selected: selected || taken.has(place) };
          });
          const wanted = selectBatch(planned[index]!.definition, candidates).map(Number);
          expect(one.taken).toEqual(wanted);
          for (const place of wanted) taken.add(place);
        }
        expect(fleet.every(({ selected }, place) => selected !== taken.has(place))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
