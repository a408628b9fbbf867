import { describe, expect, it } from '@jest/globals';
import { devicesFailed, devicesRendered, MAX_BATCH_EVENT_BYTES } from '@skein/events';
import type { PendingDevice } from './pending-devices.js';
import { decideRendered, renderedEvents, type Outcome } from './rendered.js';
import { portionsOf } from './rendering.js';

const template = { uid: 'version', fleet: 'fleet' };
const pending = (device: string): PendingDevice => ({
  org: 'org',
  device,
  name: device,
  labels: {},
  spec: null,
  owner: 'fleet',
  target: 'version',
  dueNumber: 7,
  contentNumber: 0,
  digest: null,
});
const document = (digest: string, bytes = 1) => ({ bytes: Buffer.alloc(bytes), digest });
const outcome = (device: string, result: Outcome['result']): Outcome => ({
  device: pending(device),
  template,
  result,
});
const current = (device: string, changes = {}) =>
  [device, { device, dueNumber: 7, renderedVersion: 3, digest: 'old', ...changes }] as const;

describe('what takes effect', () => {
  it('is a new version where the document differs, and the old document where it failed', () => {
    const rows = decideRendered(
      [
        outcome('changed', document('new')),
        outcome('same', document('old')),
        outcome('failed', { problem: 'no' }),
      ],
      new Map([current('changed'), current('same'), current('failed')]),
    );
    expect(rows).toMatchObject([
      { device: 'changed', renderedVersion: 4, digest: 'new', problem: null },
      { device: 'same', renderedVersion: 3, digest: 'old', problem: null },
      { device: 'failed', renderedVersion: 3, digest: 'old', problem: 'no' },
    ]);
  });

  it('is nothing for a device that changed meanwhile or has nothing to render', () => {
    const outcomes = [outcome('newer', document('new')), outcome('gone', document('new'))];
    expect(decideRendered(outcomes, new Map([current('newer', { dueNumber: 8 })]))).toEqual([]);
  });
});

describe('what is said', () => {
  it('is one event for each fleet or device alone, and fits into the log', () => {
    const failures = Array.from({ length: 250 }, (_, index) =>
      outcome(`00000000-0000-7000-8000-${index}`, { problem: '€'.repeat(500) }),
    );
    const alone: Outcome = { ...outcome('alone', document('new')), template: null };
    const outcomes = [outcome('one', document('new')), outcome('two', document('new')), alone];
    const all = [...outcomes, ...failures];
    const rows = decideRendered(all, new Map(all.map(({ device }) => current(device.device))));
    const events = renderedEvents('org', rows, (device) => ({ causationid: device }));
    expect(events.map(({ definition }) => definition)).toEqual([
      devicesRendered,
      devicesFailed,
      devicesFailed,
      devicesFailed,
      devicesRendered,
    ]);
    expect(events[0]).toMatchObject({ subject: 'fleet', origin: { causationid: 'one' } });
    expect(events.at(-1)).toMatchObject({ subject: 'alone', data: { templateVersion: null } });
    for (const { data } of events) {
      expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(MAX_BATCH_EVENT_BYTES);
    }
  });
});

describe('what is written together', () => {
  it('is bounded in bytes; equal documents count once', () => {
    const large = 9 * 1024 * 1024;
    const equal = Array.from({ length: 5 }, (_, index) =>
      outcome(`equal ${index}`, document('same', large)),
    );
    expect([...portionsOf(equal)].map(({ length }) => length)).toEqual([5]);
    const different = equal.map((each, index) =>
      outcome(each.device.device, document(String(index), large)),
    );
    expect([...portionsOf(different)].map(({ length }) => length)).toEqual([2, 2, 1]);
  });
});
