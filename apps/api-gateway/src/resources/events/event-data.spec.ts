import { describe, expect, it } from '@jest/globals';
import { readData, readMember } from './event-data.js';

const [a, b] = ['01963c5e-8d00-7a41-9c1e-2f6b0d3a7e11', '01963c5e-8d01-7b52-8d2f-3a7c1e4b8f22'];
const hostile = `}]} \\ " {"device":"${b}","message":"false"} "members":[ {`;
const member = { device: b, message: hostile, nested: { list: [{ text: '}' }, '"'] } };
const members = [{ device: a, message: hostile }, member, { device: a }];

describe('one member of a batch event', () => {
  it.each([
    ['as services write it', JSON.stringify({ fleet: hostile, batch: 1, members })],
    ['with spaces', JSON.stringify({ fleet: hostile, batch: 1, members }, undefined, 1)],
    ['with more after the members', JSON.stringify({ members, fleet: hostile, batch: 1 })],
    [
      'with members whose device comes later',
      JSON.stringify({
        ...{ fleet: hostile, batch: 1 },
        members: members.map(({ device, ...rest }) => ({ ...rest, device })),
      }),
    ],
    [
      'with other members before',
      JSON.stringify({ fleet: hostile, batch: 1, more: { members }, members }),
    ],
  ])('is read %s', (_how, text) => {
    const read = readMember(text, b)!;
    expect(read.data.members).toEqual([member]);
    expect(read.data).toMatchObject({ fleet: hostile, batch: 1 });
  });

  it('is not there when the event only mentions the device', () => {
    expect(readMember(JSON.stringify({ members: [{ device: a, message: b }] }), b)).toBeUndefined();
    expect(readMember(JSON.stringify({ members: [{ device: a }] }), b)).toBeUndefined();
    expect(readMember(JSON.stringify({ subject: b }), b)).toBeUndefined();
  });
});

describe('all of an event', () => {
  it.each([
    ['as services write it', JSON.stringify({ batch: 1, text: hostile, members })],
    ['with spaces', JSON.stringify({ batch: 1, text: hostile, members }, undefined, 1)],
    ['with more after the members', JSON.stringify({ members, batch: 1, text: hostile })],
  ])('has the first member and the count of them %s', (_how, text) => {
    const data = { batch: 1, text: hostile, members: [members[0]] };
    expect(readData(text)).toEqual({ data, count: 3 });
  });

  it('need not have any', () => {
    expect(readData('{"name":"d"}')).toEqual({ data: { name: 'd', members: [] }, count: 0 });
    expect(readData('{"members":[]}')).toEqual({ data: { members: [] }, count: 0 });
  });

  it('is counted also where the members are others', () => {
    const text = JSON.stringify({ members: [{ name: 'a', device: a }, { device: b }] });
    expect(readData(text)).toEqual({ data: { members: [{ name: 'a', device: a }] }, count: 2 });
  });
});
