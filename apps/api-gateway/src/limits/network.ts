import { isIP } from 'node:net';

const V4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;

/** What one client has of addresses: one of IPv4, and a network of 64 bits of IPv6, in which it takes any. */
export function networkOf(address: string): string {
  const [, v4] = V4.exec(address) ?? [];
  if (v4) return v4;
  const [front = [], back = []] = address
    .replace(/%.*$/, '')
    .split('::')
    .map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, GROUPS - front.length - back.length)).fill('0');
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`;
}

/** An address, or a network as `10.0.0.0/8`. */
export function isNetwork(text: unknown): boolean {
  const [address = '', bits, ...more] = String(text).split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}
