import { describe, expect, it } from '@jest/globals';
import { OutboundGuard } from './outbound-guard.js';

const FORBIDDEN = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.127.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '100::1',
  '4000::1',
  'not an address',
];

const TRICKY_HOSTS = [
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://0/',
  'http://①②⑦.0.0.1/',
  'http://[::ffff:7f00:1]/',
  'http://[::1]/',
  'http://169.254.169.254/',
  'http://0xa9fea9fe/',
  'http://[64:ff9b::a9fe:a9fe]/',
];

describe('the outbound guard', () => {
  it.each(FORBIDDEN)('refuses %s', (address) => {
    expect(new OutboundGuard().allows(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111'])(
    'allows the public %s',
    (address) => {
      expect(new OutboundGuard().allows(address)).toBe(true);
    },
  );

  it.each(TRICKY_HOSTS)('refuses %s', async (url) => {
    const found = new OutboundGuard().addressesOf(new URL(url));
    await expect(found).rejects.toMatchObject({ code: 'refused', retryable: false });
  });

  it('allows what a network of the settings holds, in its own family only', () => {
    const guard = new OutboundGuard(['127.0.0.0/8', 'fd00::/8', '192.168.1.7']);
    expect(guard.allows('127.0.0.1')).toBe(true);
    expect(guard.allows('192.168.1.7')).toBe(true);
    expect(guard.allows('192.168.1.8')).toBe(false);
    expect(guard.allows('fd00::1')).toBe(true);
    expect(guard.allows('10.0.0.1')).toBe(false);
    expect(guard.allows('::ffff:127.0.0.1')).toBe(false);
  });

  it('refuses a name if one of its addresses is not allowed', async () => {
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const found = new OutboundGuard([], resolve).addressesOf(new URL('http://example.com/'));
    await expect(found).rejects.toMatchObject({ code: 'refused' });
  });

  it('tells a name that cannot be resolved from a forbidden one', async () => {
    const resolve = async () => Promise.reject(new Error('ENOTFOUND'));
    const found = new OutboundGuard([], resolve).addressesOf(new URL('http://example.com/'));
    await expect(found).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });

  it('does not take a network that is none', () => {
    expect(() => new OutboundGuard(['everything'])).toThrow();
  });
});
