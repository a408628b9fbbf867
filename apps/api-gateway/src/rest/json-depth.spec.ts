import { describe, expect, it } from '@jest/globals';
import { isDeeper } from './json-depth.js';

const MOST = 3;
const look = (text: string) => isDeeper(Buffer.from(text), MOST);

describe('the depth of JSON', () => {
  it.each([
    '',
    '[[[1]]]',
    '{"a":{"b":{}}}',
    `[${'[],'.repeat(100)}[]]`,
    '["[[[[[["]',
    String.raw`["\"[[[[[["]`,
    String.raw`[["\\\"[[[["]]`,
    '["[[[[[',
  ])('of %s is not more', (text) => expect(look(text)).toBe(false));

  it.each([
    '[[[[',
    '{"a":{"b":{"c":{}}}}',
    String.raw`["\\",[[[`,
    '[[],[[],[[]]]]',
    String.raw`{"\\\\":[[[1]]]}`,
  ])('of %s is more', (text) => expect(look(text)).toBe(true));
});
