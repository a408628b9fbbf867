import { describe, expect, it } from '@jest/globals';
import { StatementNames } from './statement-names.js';

describe('a statement', () => {
  it('gets a name when it runs often, and keeps it', () => {
    const names = new StatementNames('skein');
    const given = Array.from({ length: 5 }, () => names.of('select 1'));
    expect(given).toEqual([undefined, undefined, 'skein_1', 'skein_1', 'skein_1']);
    expect(names.of('select 2')).toBeUndefined();
  });

  it('gets another one when what was prepared does not fit any more', () => {
    const names = new StatementNames('skein');
    for (let n = 0; n < 3; n += 1) names.of('select 1');
    names.renew('select 1');
    expect(names.of('select 1')).toBe('skein_2');
    names.renew('select 2');
    expect(names.of('select 2')).toBeUndefined();
  });

  it('gets none when so many have one that connections would fill up', () => {
    const names = new StatementNames('skein');
    for (let n = 0; n < 600; n += 1) for (let time = 0; time < 3; time += 1) names.of(`${n}`);
    expect([names.of('499'), names.of('500')]).toEqual(['skein_500', undefined]);
  });

  it('that is made for one use is forgotten', () => {
    const names = new StatementNames('skein');
    names.of('twice');
    names.of('twice');
    for (let n = 0; n < 600; n += 1) names.of(`${n}`);
    expect(names.of('twice')).toBeUndefined();
  });
});
