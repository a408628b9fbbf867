import { describe, expect, it } from '@jest/globals';
import { keysWithoutOrganisation, timesWithoutZone } from './schema.js';

const table = (table_name: string) => ({ table_schema: 'rollout', table_name });
const key = (table_name: string, ...columns: string[]) =>
  columns.map((column_name, index) => ({
    ...table(table_name),
    column_name,
    ordinal_position: index + 1,
  }));
const column = (column_name: string, data_type: string) => ({
  ...table('batch'),
  column_name,
  data_type,
});

describe('every primary key starts with the organisation', () => {
  it('lets a key that starts with org pass', () => {
    const keys = key('batch', 'org', 'rollout', 'number');
    expect(keysWithoutOrganisation([table('batch')], keys, [])).toEqual([]);
  });

  it.each([
    ['has org later', key('batch', 'rollout', 'org')],
    ['has no org', key('batch', 'id')],
    ['is missing', key('other', 'org')],
  ])('refuses a key that %s', (_, keys) => {
    expect(keysWithoutOrganisation([table('batch')], keys, [])).toEqual([
      'rollout.batch: its primary key must start with org',
    ]);
  });

  it('leaves the named tables of the engine alone', () => {
    const keys = key('inbox', 'number');
    expect(keysWithoutOrganisation([table('inbox')], keys, ['rollout.inbox'])).toEqual([]);
  });
});

describe('times have their zone', () => {
  it('lets timestamptz pass', () => {
    expect(timesWithoutZone([column('since', 'timestamp with time zone')])).toEqual([]);
  });

  it.each(['timestamp without time zone', 'date'])('refuses %s', (type) => {
    expect(timesWithoutZone([column('since', type)])).toEqual([
      'rollout.batch.since: times are timestamptz',
    ]);
  });
});
