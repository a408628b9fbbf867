import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';

/** For tests between networks (RFC 2544): it leads nowhere. 198.18.0.0/15 has so many subnets of four addresses. */
const count = 2 ** 15;
const firstHalf = 198;
const secondHalf = 18;

/** The two addresses of a network that has no others. */
export interface Subnet {
  readonly near: string;
  readonly far: string;
  /** Bits of an address that say the network. */
  readonly prefix: 30;
}

function subnetAt(index: number): Subnet {
  const at = (host: number) => {
    const offset = index * 4 + host;
    return `${firstHalf}.${secondHalf + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`;
  };
  return { near: at(1), far: at(2), prefix: 30 };
}

/** The networks that this machine is in, such as `192.0.2.2/24`. */
export function ownNetworks(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.flatMap(({ family, cidr }) => (family === 'IPv4' && cidr ? [cidr] : []));
}

/**
 * The first one from `start` on that is in no network of those.
 * @throws when there is none
 */
export function freeSubnet(start: number, networks: readonly string[]): Subnet {
  const used = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string];
    used.addSubnet(address, Number(prefix));
  }
  for (let tried = 0; tried < count; tried += 1) {
    const subnet = subnetAt((start + tried) % count);
    if (!used.check(subnet.near)) return subnet;
  }
  throw new Error('this machine uses all of 198.18.0.0/15 itself');
}
