import { describe, expect, it } from '@jest/globals';
import { freeSubnet, ownNetworks } from './subnet.js';

describe('a free subnet', () => {
  it.each([
    [0, '198.18.0.1', '198.18.0.2'],
    [64, '198.18.1.1', '198.18.1.2'],
    [32_767, '198.19.255.253', '198.19.255.254'],
    [32_768, '198.18.0.1', '198.18.0.2'],
  ])('is found from %i on', (start, near, far) => {
    expect(freeSubnet(start, ['127.0.0.1/8', '192.0.2.2/24'])).toEqual({ near, far, prefix: 30 });
  });

  it('is none that the machine is in, by whatever address', () => {
    const networks = ['198.18.0.2/30', '198.18.0.9/29'];
    expect(freeSubnet(0, networks).near).toBe('198.18.0.5');
    expect(freeSubnet(2, networks).near).toBe('198.18.0.17');
  });

  it('is looked for in vain when all are used', () => {
    expect(() => freeSubnet(0, ['198.18.0.1/15'])).toThrow('198.18.0.0/15');
  });

  it('is looked for besides the networks of this machine', () => {
    expect(ownNetworks()).toContain('127.0.0.1/8');
  });
});
