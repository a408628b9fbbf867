import { expect, it } from '@jest/globals';
import { foldParameters, foldStatement, type Aspect } from './fold.js';

const aspect: Aspect = {
  table: 'gateway.thing_views',
  about: 'gateway.things',
  name: 'colour',
  columns: { colour: 'text', tags: 'json' },
  since: ['colour_since', 'colour'],
};

it('guards each aspect by its own number, and locks in the order of the keys', () => {
  const statement = foldStatement([aspect, { ...aspect, name: 'size', columns: { size: 'text' } }]);
  expect(statement).toContain('colour = case when v.colour_number < s.number then s.colour');
  expect(statement).toContain('size = case when v.size_number < s.number then s.size');
  expect(
    statement.match(/\(v\.colour_number < s\.number or v\.size_number < s\.number\)/g),
  ).toHaveLength(2);
  expect(statement.replaceAll(/\s+/g, ' ')).toContain(
    'order by v.org, v.uid for key share of a for no key update of v',
  );
});

it('takes the last word about each row', () => {
  const about = { org: 'o', uid: 'u', time: 't' };
  const said = [
    { ...about, number: 2, values: ['red', ['a']] },
    { ...about, number: 3, values: ['blue', undefined] },
    { ...about, number: 1, values: ['green', []] },
  ];
  expect(foldParameters([aspect], said)).toEqual([['o'], ['u'], [3], ['t'], ['blue'], [null]]);
});
