import { expect, it } from '@jest/globals';
import { TrustedProxies } from './trusted-proxies.js';

const proxies = new TrustedProxies({ trustedProxies: ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'] });

it.each([
  ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['fd00::1', '2001:db8::5', '2001:db8::5'],
  ['192.0.2.7', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['10.1.2.3', undefined, '10.1.2.3'],
  ['10.1.2.3', '', '10.1.2.3'],
])('asks %s, which is one of ours, who came: %s is %s', (peer, forwarded, client) => {
  expect(proxies.clientOf(peer, forwarded)).toBe(client);
});

it.each([
  ['whoever is no proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['what a client wrote itself', '10.1.2.3', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['the name of a proxy of ours', '10.1.2.3', '198.51.100.1, 10.5.5.5, 203.0.113.9', '203.0.113.9'],
  ['what is no address', '10.1.2.3', '198.51.100.1, unknown', '10.1.2.3'],
  ['an address of a link', '10.1.2.3', '198.51.100.1, fe80::1%eth0', 'fe80::1%eth0'],
  ['an address with a port', '10.1.2.3', '203.0.113.9:80', '10.1.2.3'],
  ['the neighbour of a proxy', '192.0.2.8', '198.51.100.1', '192.0.2.8'],
])('does not believe %s', (_what, peer, forwarded, client) => {
  expect(proxies.clientOf(peer, forwarded)).toBe(client);
});
