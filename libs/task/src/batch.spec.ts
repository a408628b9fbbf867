import { describe, expect, it } from '@jest/globals';
import { deviceDeleted, newUid, type EventDefinition } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { delivered } from '../test/unit-scene.js';
import { Batch, originOf } from './batch.js';

const batchOf = () => new Batch({} as Transaction);
const [org, subject] = ['00000000-0000-0000-0000-000000000000', newUid()];

describe('what a batch wants', () => {
  it('is each thing once, with all that asked for it, and the last one as its origin', () => {
    const batch = batchOf();
    const [first, last] = [
      delivered(1, { subject }),
      delivered(2, { subject, definition: deviceDeleted as EventDefinition<never> }),
    ];
    batch.want('device', [first, last, delivered(3)]);
    expect(batch.size).toBe(2);
    const [want] = batch.wants('device');
    expect([...want!.causes]).toEqual([first.event.type, last.event.type]);
    expect(want).toMatchObject({ org, uid: subject, origin: { causationid: last.event.id } });
  });

  it('is apart by kind and by organisation', () => {
    const batch = batchOf();
    const one = delivered(1, { subject });
    const other = { ...one, event: { ...one.event, org: newUid() } };
    batch.want('device', [one, other]);
    batch.want('fleet', [one]);
    expect([
      batch.wants('device').length,
      batch.wants('fleet').length,
      batch.wants('rollout').length,
    ]).toEqual([2, 1, 0]);
  });

  it('can be what an event names', () => {
    const batch = batchOf();
    batch.wantEach('fleet', delivered(1), [subject, subject, newUid()]);
    expect(batch.size).toBe(2);
  });

  it('is nothing at first; what a sweep missed has no cause', () => {
    const batch = batchOf();
    expect(batch.isEmpty).toBe(true);
    batch.wantMissed('device', [{ org, uid: subject }]);
    expect(batch.isEmpty).toBe(false);
    expect(batch.wants('device')).toEqual([
      { kind: 'device', org, uid: subject, origin: {}, causes: new Set(['sweep']) },
    ]);
  });
});

describe('the origin of what an event causes', () => {
  it('begins a chain with an event that has none', () => {
    const { event, sequence } = delivered(1);
    expect(originOf({ event, sequence })).toEqual({
      causationid: event.id,
      correlationid: event.id,
    });
  });

  it('carries on the chain, the trace, who and the request; not the address', () => {
    const origin = {
      causationid: 'cause',
      correlationid: 'first',
      traceparent: '00-a-b-01',
      actor: 'operator',
      requestid: 'request',
      sourceaddress: '192.0.2.1',
    };
    const cause = delivered(1, { origin });
    expect(originOf(cause)).toEqual({
      causationid: cause.event.id,
      correlationid: 'first',
      traceparent: '00-a-b-01',
      actor: 'operator',
      requestid: 'request',
    });
  });
});
