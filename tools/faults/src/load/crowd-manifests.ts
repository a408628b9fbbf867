/** A fleet with many devices, which gets new templates batch by batch and within a disruption budget. */
export const crowdFleet = 'crowd';
export const crowdSize = 5_000;
/** Batches of its rollouts, with the implicit last one. */
export const crowdBatches = 4;
/** Devices that take longer have failed. */
export const updateTimeoutMs = 20_000;

const apiVersion = 'flightctl.io/v1beta1';
const sites = 20;
/** Devices of the smallest site, which has fewer than must stay available: they go one after the other. */
const smallest = 6;

/** In the ten large sites `maxUnavailable` is what holds, in the others `minAvailable`. */
const rolloutPolicy = {
  deviceSelection: {
    strategy: 'BatchSequence',
    sequence: [
      { limit: '1%', successThreshold: '60%' },
      { limit: '10%', successThreshold: '80%' },
      { limit: '40%' },
    ],
  },
  successThreshold: '90%',
  defaultUpdateTimeout: `${updateTimeoutMs / 1_000}s`,
  disruptionBudget: { groupBy: ['site'], minAvailable: 160, maxUnavailable: 20 },
};

export interface CrowdDevice {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const siteOf = (at: number) => `site-${at % sites}`;

/** Ten sites with about 340 devices, nine with half of that, and one with a few. */
function ownSite(at: number): string {
  if (at < smallest) return siteOf(sites - 1);
  const place = at % 29;
  return siteOf(place < sites - 1 ? place : place - (sites - 1));
}

/** Devices as they come to be. One in fifty lacks the label that the template uses, so that it cannot be rendered. */
export function crowd(): CrowdDevice[] {
  return Array.from({ length: crowdSize }, (_value, at) => ({
    name: `crowd-${String(at).padStart(4, '0')}`,
    labels: {
      ...{ fleet: crowdFleet, site: ownSite(at), write: '0' },
      ...(at % 50 !== 7 && { motto: `motto-${at % 10}` }),
    },
  }));
}

export function crowdDevice({ name, labels }: CrowdDevice): object {
  return { apiVersion, kind: 'Device', metadata: { name, labels } };
}

/** What a template asks for: a label that most devices have, one that none has, or what templates cannot do. */
export type CrowdTemplate = 'good' | 'impossible' | 'invalid';

const used: Readonly<Record<CrowdTemplate, string>> = {
  good: '{{ .metadata.labels.motto }}',
  impossible: '{{ .metadata.labels.missing }}',
  invalid: '{{ range .metadata.labels }}{{ end }}',
};

export function crowdFleetWith(template: CrowdTemplate, edition: number): object {
  const content = `edition = ${edition}\n${used[template]}\n`;
  const config = [{ name: 'motto', inline: [{ path: '/etc/motto', mode: 0o644, content }] }];
  const spec = {
    selector: { matchLabels: { fleet: crowdFleet } },
    template: { spec: { config } },
    rolloutPolicy,
  };
  return { apiVersion, kind: 'Fleet', metadata: { name: crowdFleet }, spec };
}
