import { describe, expect, it } from '@jest/globals';
import { catalogue } from '@skein/events';
import { tellings } from './registry.js';

describe('the events that users read', () => {
  it('are all that there are: a new type must say how it is told', () => {
    expect([...tellings.keys()].sort()).toEqual([...catalogue.keys()].sort());
  });
});
