import { DEFAULT_ORGANISATION, deviceDeleted, newUid, type Delivered } from '@skein/events';
import type { Delivery } from '../src/in-log.js';

/** What a stream brings under the number, of an event that {@link deletion} made. */
export const deliveryOf = (sequence: number): Delivery => ({
  sequence,
  id: `00000000-0000-7000-8000-${sequence.toString().padStart(12, '0')}`,
});

/** An event whose id follows from its number. */
export const deletion = (sequence: number): Delivered => {
  const { type, kind } = deviceDeleted;
  const about = { type, kind, subject: newUid(), org: DEFAULT_ORGANISATION, version: 1 };
  const made = { source: '/gateway', time: '2026-01-01T00:00:00Z', data: { name: 'd' } };
  return { sequence, event: { id: deliveryOf(sequence).id, ...about, ...made } };
};
