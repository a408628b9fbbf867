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
