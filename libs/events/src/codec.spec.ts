import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { catalogue } from './catalogue/catalogue.js';
import { decode, encode, UnreadableEvent } from './codec.js';

/** Real envelopes, one per type and version; a released one is decoded for ever and never changes. */
const folder = new URL('golden/', import.meta.url);
const files = readdirSync(folder).sort();
const textOf = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const sample = JSON.parse(textOf('skein.device.created.v1.json')) as Record<string, unknown>;

function codeOf(text: string): string {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof UnreadableEvent) return `${error.code}, retryable: ${error.retryable}`;
  }
  return 'decoded';
}

const without = (key: string) => JSON.stringify({ ...sample, [key]: undefined });

describe('golden samples', () => {
  it('there is one of every type in the catalogue', () => {
    const types = files.map((file) => file.replace(/\.json$/, ''));
    expect([...catalogue.keys()].filter((type) => !types.includes(type))).toEqual([]);
  });

  it.each(files)('%s decodes', (file) => {
    const golden = JSON.parse(textOf(file)) as { kind: string; type: string };
    const event = decode(textOf(file));
    expect(event).toEqual(golden);
    expect(`${event.type}.json`).toBe(file);
    expect(catalogue.get(event.type)?.kind).toBe(golden.kind);
  });

  it.each(files)('%s has just the members that its definition asks for', (file) => {
    const event = decode(textOf(file));
    expect(Object.keys(event.data as object)).toEqual(catalogue.get(event.type)?.keys);
  });
});

describe('decode', () => {
  it('reads what encode wrote', () => {
    const event = decode(JSON.stringify(sample));
    expect(decode(encode(event))).toEqual(event);
  });

  it('ignores members that this build does not know', () => {
    const data = { ...(sample['data'] as object), zone: 'later' };
    const event = decode(JSON.stringify({ ...sample, tenant: 'later', data }));
    expect(event).toMatchObject(sample);
  });

  it.each([
    ['a type of a newer build', { ...sample, type: 'skein.device.created.v2' }],
    ['a type that is no text', { ...sample, type: 7 }],
  ])('%s is unknown', (_name, event) => {
    expect(codeOf(JSON.stringify(event))).toBe('unknown, retryable: false');
  });

  it.each([
    ['no text', ''],
    ['broken JSON', '{"id":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['an event without data', without('data')],
    ['data that is null', JSON.stringify({ ...sample, data: null })],
    ['data that is a text', JSON.stringify({ ...sample, data: 'name' })],
    [
      'data without a member that its type must have',
      JSON.stringify({ ...sample, data: { name: 'x' } }),
    ],
    ...['id', 'source', 'type', 'kind', 'subject', 'time', 'org', 'version'].map(
      (key) => [`an event without ${key}`, without(key)] as const,
    ),
  ])('%s is malformed', (_name, text) => {
    expect(codeOf(text)).toBe('malformed, retryable: false');
  });

  it('names what is missing', () => {
    expect(() => decode(without('org'))).toThrow('the event lacks org');
    expect(() => decode(JSON.stringify({ ...sample, data: { name: 'x' } }))).toThrow(
      'skein.device.created.v1 lacks labels, spec, generation',
    );
  });
});
