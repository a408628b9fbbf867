import { describe, expect, it } from '@jest/globals';
import { Device, readBody } from '@skein/api';
import { deviceOf, loadNames, nameOf, PAGE, PREFIX, requestOf, SITES, type Load } from './loads.js';

const DEVICES = 10_000;
const load = (part: Load['part'], prefix = 'made-1'): Load => ({
  ...{ part, prefix, from: 0, count: 10, devices: DEVICES },
});
const labelsOf = (device: object) => (device as { metadata: { labels: object } }).metadata.labels;

describe('what both doors are asked', () => {
  it.each(loadNames)('%s: is the same in every process', (part) => {
    expect(requestOf(load(part), 7)).toEqual(requestOf(load(part), 7));
  });

  it('is a device that Skein takes', () => {
    expect(readBody(Device, deviceOf(PREFIX, 7)).problems).toEqual([]);
  });

  it('is all over the devices, and nothing but them', () => {
    const path = (index: number) => requestOf(load('get'), index).path;
    const asked = new Set(Array.from({ length: DEVICES }, (_value, index) => path(index)));
    expect(asked.size).toBe(DEVICES);
    expect(asked).toContain(`/api/v1/devices/${nameOf(PREFIX, DEVICES - 1)}`);
  });

  it('fills a page, whatever is made meanwhile', () => {
    expect(DEVICES / SITES).toBeGreaterThan(PAGE);
    expect(requestOf(load('list'), SITES + 7).path).toContain('site%3Dsite-7');
    expect(labelsOf(deviceOf(PREFIX, SITES + 7))).toMatchObject({ site: 'site-7' });
    expect(labelsOf(deviceOf('made-1', 7))).toMatchObject({ site: 'made' });
  });

  it('has names of its own in each turn', () => {
    const [one, other] = ['made-1', 'made-2'].map((prefix) => requestOf(load('create', prefix), 7));
    expect(one!.body).not.toBe(other!.body);
  });
});
