import { create, toBinary } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { maskPath } from './mask-paths.js';
import { readMessage } from './read-message.js';
import { messageTypes, services } from './schema.js';
import { UnreadableMessage } from './unreadable-message.js';
import { writeMessage } from './write-message.js';

const typeOf = (name: string) => messageTypes.find((type) => type.name === name)!;
const there = (name: string, document: object) =>
  readMessage(typeOf(name), writeMessage(typeOf(name), document));

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const some = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const texts = fc.array(text, { maxLength: 3 });
const map = fc.dictionary(text, text, { maxKeys: 3 });
const record = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(model, { requiredKeys: [] });
const json = fc.jsonValue({ maxDepth: 3 });
const object = fc.dictionary(text, json, { maxKeys: 3 });
const whole = fc.maxSafeInteger();

const inline = record({ path: text, content: text, mode: fc.integer({ min: 0, max: 4095 }) });
const spec = record({
  os: record({ image: text }),
  config: fc.array(
    fc.oneof(
      record({ name: text, gitRef: record({ repository: text, path: text }) }),
      record({ name: text, inline: fc.array(inline, { maxLength: 2 }) }),
      record({ name: text, httpRef: record({ suffix: text }) }),
    ),
    { maxLength: 3 },
  ),
  applications: fc.array(
    record({ name: text, values: object, envVars: map, ports: texts, runAs: text }),
    { maxLength: 2 },
  ),
  systemd: record({ matchPatterns: texts }),
});
const fleetSpec = record({
  selector: record({
    matchLabels: map,
    matchExpressions: fc.array(record({ key: text, values: texts })),
  }),
  template: record({
    metadata: record({ labels: map, generation: whole, creationTimestamp: text }),
    spec,
  }),
  rolloutPolicy: record({
    disruptionBudget: record({ groupBy: texts, minAvailable: whole }),
    deviceSelection: record({
      sequence: fc.array(record({ limit: fc.oneof(whole, text), selector: record({}) })),
    }),
  }),
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a document as a message', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fleetSpec, some(map), (generated, labels) => {
        const fleet = plain({ kind: 'Fleet', metadata: { name: 'f', labels }, spec: generated });
        expect(plain(there('Fleet', fleet as object))).toEqual(fleet);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the difference of empty and absent, of numbers and texts, and of odd names', () => {
    const labels = JSON.parse('{"__proto__":"x","":""}') as object;
    const fleet = {
      metadata: { labels, annotations: {} },
      spec: {
        template: { spec: { config: [{ name: '', inline: [] }, {}], applications: [] } },
        rolloutPolicy: { deviceSelection: { sequence: [{ limit: 5 }, { limit: '5' }] } },
      },
    };
    expect(JSON.stringify(there('Fleet', fleet))).toBe(JSON.stringify(fleet));
    expect(there('Fleet', { spec: {} })).toEqual({ spec: {} });
  });

  it('writes times in milliseconds, and none for what is no time', () => {
    const times = ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.123456Z', 'some day'];
    const read = times.map((lastSeen) => there('DeviceStatus', { lastSeen })['lastSeen']);
    expect(read).toEqual(['2026-01-31T10:00:00.000Z', '2026-01-31T10:00:00.123Z', undefined]);
  });

  it('always has what the wire cannot leave out', () => {
    expect(there('FleetStatus', {})).toEqual({ conditions: [] });
    expect(there('DevicesSummary', { total: 0 })).toEqual({
      total: 0,
      applicationStatus: {},
      summaryStatus: {},
      updateStatus: {},
    });
  });
});

const refusal = (name: string, bytes: Uint8Array) => {
  try {
    return readMessage(typeOf(name), bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableMessage);
    return (error as Error).message;
  }
};

/** A message nested in the field of this number. */
const within = (field: number, bytes: Uint8Array) => {
  const length: number[] = [];
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left >= 128 ? 128 : 0));
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), bytes]);
};

describe('a hostile message', () => {
  it('is refused with a reason: noise, unknown fields, wrong text, numbers that are none', () => {
    expect(refusal('Device', Buffer.from('noise'))).toMatch(/the request is no Device/);
    expect(refusal('Device', within(3, within(9, Buffer.of())))).toBe(
      'metadata: field 9 is not known here',
    );
    expect(refusal('Device', within(3, within(1, Buffer.of(0xff))))).toMatch(/is no Device/);
    const nan = Buffer.concat([Buffer.of(17), new Uint8Array(new Float64Array([NaN]).buffer)]);
    expect(refusal('RolloutBatch', within(3, nan))).toMatch(/is no RolloutBatch/);
    const huge = Buffer.from([32, ...Array.from({ length: 8 }, () => 0xff), 0x7f]);
    expect(refusal('Device', within(3, huge))).toBe('metadata.generation: is too large a number');
    expect(refusal('DeviceSpec', writeMarker('os'))).toMatch(/^emptyMembers: os is none of/);
  });

  it('is refused when it is nested without end, and costs no stack', () => {
    let bytes: Uint8Array = Buffer.of();
    // Struct.fields > value > struct_value, again and again.
    while (bytes.length < 1_000_000 && bytes.length >= 0) {
      bytes = within(1, within(2, within(5, bytes)));
      if (bytes.length > 60_000) break;
    }
    expect(refusal('Application', within(12, bytes))).toMatch(/maximum recursion depth/);
  });

  it('cannot reach a prototype', () => {
    const values = create(StructSchema, {
      fields: JSON.parse('{"__proto__":{"kind":{"case":"stringValue","value":"x"}}}'),
    });
    const read = readMessage(typeOf('Application'), within(12, toBinary(StructSchema, values)));
    expect(Object.keys(read['values'] as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read['values'])).toBe(Object.prototype);
  });
});

function writeMarker(name: string): Uint8Array {
  const bytes = Buffer.from(name);
  return Buffer.concat([Buffer.from([0xa2, 0x06, bytes.length]), bytes]);
}

describe('a path of a field mask', () => {
  const path = (text: string) => maskPath(typeOf('Fleet'), text);

  it('leads to members of the document', () => {
    expect(path('spec.rollout_policy.success_threshold')).toEqual([
      ...['spec', 'rolloutPolicy', 'successThreshold'],
    ]);
    expect(path('metadata.labels.site')).toEqual(['metadata', 'labels', 'site']);
    expect(path('metadata.labels.`a.b/c`')).toEqual(['metadata', 'labels', 'a.b/c']);
    expect(maskPath(typeOf('Application'), 'values.a.b')).toEqual(['values', 'a', 'b']);
    expect(maskPath(typeOf('Repository'), 'spec.http_config.tls_crt')).toEqual([
      ...['spec', 'httpConfig', 'tls.crt'],
    ]);
  });

  it.each([
    ['spec.none', /FleetSpec has no none; it has selector, template, rollout_policy/],
    ['spec.rolloutPolicy', /FleetSpec has no rolloutPolicy/],
    ['metadata.name.more', /leads into a value/],
    ['metadata.labels.a.b', /leads into a value/],
    ['spec.template.spec.config.name', /leads into a value/],
    ['', /must be names/],
    ['spec..selector', /must be names/],
    ['spec.', /must be names/],
    ['metadata.labels.`a', /must be names/],
    ['metadata.empty_members', /has no empty_members/],
  ])('%s is refused', (text, message) => {
    expect(() => path(text)).toThrow(message);
  });
});

describe('the services', () => {
  it('say of each method whether it changes anything', () => {
    const methods = services.flatMap((service) => service.methods);
    const reads = methods.filter(({ idempotency }) => idempotency === 1);
    for (const { name } of methods) {
      const read = /^(Get|List|Watch|DryRun)/.test(name);
      expect([name, reads.some((one) => one.name === name)]).toEqual([name, read]);
    }
  });
});
