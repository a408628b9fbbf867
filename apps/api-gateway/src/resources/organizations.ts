import { API_VERSION, type OrganizationList } from '@skein/api';
import type { Caller } from './caller.js';

/** Those that the caller may see: there is one, as long as there is no authentication. */
export function organizationsOf({ org }: Caller): OrganizationList {
  return {
    apiVersion: API_VERSION,
    kind: 'OrganizationList',
    metadata: {},
    items: [
      {
        apiVersion: API_VERSION,
        kind: 'Organization',
        metadata: { name: org },
        spec: { displayName: 'Default' },
      },
    ],
  };
}
