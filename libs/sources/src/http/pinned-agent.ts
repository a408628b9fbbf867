import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { tlsMaterial } from '../credentials.js';
import type { Address } from '../outbound-guard.js';
import type { RepositoryAccess } from '../source.js';

/** A client that connects to just the addresses that the guard allowed, whatever the host's name resolves to by then. */
export function pinnedAgent(addresses: Address[], access?: RepositoryAccess): Agent {
  return new Agent({
    connections: 1,
    pipelining: 0,
    allowH2: false,
    connect: {
      ...tlsMaterial(access?.credentials),
      rejectUnauthorized: access?.skipServerVerification !== true,
      lookup: pinned(addresses),
    },
  });
}

function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}
