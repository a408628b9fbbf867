import { API_VERSION, type Organization } from '@skein/api';

/** An organisation as the API shows it: its id is its name. */
export function presentOrganization({
  id: name,
  displayName,
}: {
  readonly id: string;
  readonly displayName: string;
}): Organization {
  return {
    apiVersion: API_VERSION,
    kind: 'Organization',
    metadata: { name },
    spec: { displayName },
  };
}
