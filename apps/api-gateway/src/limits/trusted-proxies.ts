import { BlockList, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

/** Whose word is taken for where a request comes from: `X-Forwarded-For` is what anybody may write. */
@Injectable()
export class TrustedProxies {
  private readonly trusted: BlockList;

  constructor(@Inject(GatewayConfig) { trustedProxies }: Pick<GatewayConfig, 'trustedProxies'>) {
    this.trusted = listOf(trustedProxies);
  }

  /**
   * The last one on the way that is no proxy of ours: each proxy says who came to it, behind what it was told.
   * @param peer the address of the connection
   * @param forwarded what `X-Forwarded-For` says
   */
  clientOf(peer: string, forwarded: string | undefined): string {
    const hops = (forwarded ?? '').split(',').map((hop) => hop.trim());
    let client = peer;
    for (const before of hops.reverse()) {
      // No address: nobody knows who that was.
      if (isIP(before) === 0 || !this.isTrusted(client)) break;
      client = before;
    }
    return client;
  }

  private isTrusted(address: string): boolean {
    const [plain = ''] = address.split('%');
    return isIP(plain) !== 0 && this.trusted.check(plain, familyOf(plain));
  }
}
