import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue/catalogue.js';
import { groups, speakers } from './kinds.js';
import { streamKey, topology, wakeChannel } from './topology.js';

const definitions = [...catalogue.values()];

describe('the topology', () => {
  it('has a list for every group', () => {
    expect(Object.keys(topology).sort()).toEqual([...groups].sort());
  });

  it.each(groups)('%s hears something, and only what is in the catalogue', (group) => {
    expect(topology[group].size).toBeGreaterThan(0);
    expect([...topology[group]].filter((type) => !catalogue.has(type))).toEqual([]);
  });

  it('every kind in the catalogue has a speaker, who is a group', () => {
    expect(definitions.filter(({ kind }) => !groups.includes(speakers[kind]))).toEqual([]);
  });

  it('every kind that somebody may speak of has events', () => {
    const spoken = new Set<string>(definitions.map(({ kind }) => kind));
    expect(Object.keys(speakers).filter((kind) => !spoken.has(kind))).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('names types by the kind of their subject, with a version', () => {
    const kebab = (kind: string) => kind.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase();
    const wrong = definitions.filter(
      ({ kind, type }) =>
        !new RegExp(`^skein\\.${kebab(kind)}\\.[a-z]+(-[a-z]+)*\\.v\\d+$`).test(type),
    );
    expect(wrong).toEqual([]);
  });

  it('has every definition under its own type, once', () => {
    expect(definitions.map(({ type }) => type)).toEqual([...catalogue.keys()]);
    expect(definitions.length).toBeGreaterThan(20);
  });
});

describe('names in Redis', () => {
  it('keep the keys of one stream in one slot', () => {
    expect(streamKey('skein', 'rollout', 0)).toBe('skein:{rollout.0}:events');
    expect(wakeChannel('skein')).toBe('skein:wake');
  });
});
