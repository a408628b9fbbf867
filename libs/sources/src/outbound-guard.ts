import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { SourceError } from './source-error.js';

export interface Address {
  address: string;
  family: number;
}

export type Resolve = (host: string) => Promise<Address[]>;

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** The only part of IPv6 that is given out; what ipaddr.js calls unicast also holds e.g. `::127.0.0.1`. */
const GLOBAL_IPV6: Network = ipaddr.parseCIDR('2000::/3');

/** Public by its number, but the host's own service in a large cloud (Azure's wire server). */
const OF_A_CLOUD: Network = ipaddr.parseCIDR('168.63.129.16/32');

const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * Stands between users' URLs and the network: resolves a host once and says where a connection may go. Callers
 * must connect to just these addresses, or a second look-up could answer differently (DNS rebinding).
 */
export class OutboundGuard {
  readonly #allowed: Network[];

  constructor(
    allowedNetworks: string[] = [],
    private readonly resolve: Resolve = systemResolve,
  ) {
    this.#allowed = allowedNetworks.map(networkOf);
  }

  /** All addresses of the URL's host; refuses it if a single one of them is not allowed. */
  async addressesOf(url: URL): Promise<Address[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const addresses = ipaddr.isValid(host) ? [literal(host)] : await this.#lookUp(host);
    const forbidden = addresses.find(({ address }) => !this.allows(address));
    if (forbidden) {
      const which = forbidden.address === host ? host : `${host} (${forbidden.address})`;
      throw new SourceError(
        'refused',
        `${which} is not a public address and not in the allowed networks`,
      );
    }
    return addresses;
  }

  /** Public addresses and those of the allowed networks. */
  allows(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.parse(address);
    return this.#allowed.some((network) => isIn(parsed, network)) || isPublic(parsed);
  }

  async #lookUp(host: string): Promise<Address[]> {
    const addresses = await this.resolve(host).catch(() => []);
    if (addresses.length > 0) return addresses;
    throw new SourceError('unreachable', `the host name ${host} cannot be resolved`);
  }
}

function literal(host: string): Address {
  return { address: host, family: ipaddr.parse(host).kind() === 'ipv6' ? 6 : 4 };
}

/** An address alone is a network of one. */
function networkOf(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.toByteArray().length * 8];
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast' || isIn(address, OF_A_CLOUD)) return false;
  return address.kind() === 'ipv4' || isIn(address, GLOBAL_IPV6);
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network);
}
