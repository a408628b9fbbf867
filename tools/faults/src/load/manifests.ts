const apiVersion = 'flightctl.io/v1beta1';

/** The fleets that devices belong to by their label `fleet`. */
export const fleetNames = ['north', 'south', 'west'] as const;
/** A value of that label which no fleet selects. */
export const nowhere = 'nowhere';
/** The fleet that gets new templates batch by batch, and its devices, which stay in it. */
export const stagedFleet = 'staged';
export const stagedDevices = Array.from({ length: 6 }, (_, at) => `staged-${at}`);
/** Nobody refers to them. */
export const repositoryNames = ['configuration', 'sites'] as const;

const writesPerEdition = 200;

/** One device, then half of all, then the rest, of which the budget holds one back. */
const rolloutPolicy = {
  deviceSelection: {
    strategy: 'BatchSequence',
    sequence: [{ limit: 1, successThreshold: '100%' }, { limit: '50%' }],
  },
  successThreshold: '60%',
  disruptionBudget: { maxUnavailable: 2 },
};

const motto = (content: string) => ({
  config: [{ name: 'motto', inline: [{ path: '/etc/motto', mode: 0o644, content }] }],
});

/** Each write says its number in a label, so that it is found in the log by what it said. */
export function device(name: string, fleet: string, write: number): object {
  const labels = { fleet, write: String(write) };
  // What it runs while it is in no fleet. Not a new one with each write: labels are what most writes change.
  const spec = motto(`device = ${name}\nedition = ${Math.floor(write / writesPerEdition)}\n`);
  return { apiVersion, kind: 'Device', metadata: { name, labels }, spec };
}

export function fleet(name: string, write: number): object {
  const spec = {
    selector: { matchLabels: { fleet: name } },
    template: {
      metadata: { labels: { write: String(write) } },
      spec: motto(`fleet = ${name}\nwrite = ${write}\n`),
    },
    ...(name === stagedFleet && { rolloutPolicy }),
  };
  return { apiVersion, kind: 'Fleet', metadata: { name }, spec };
}

/** Its write stands in the path of its URL. */
export function repository(name: string, write: number): object {
  const spec = { type: 'http', url: `http://127.0.0.1/${name}/${write}` };
  return { apiVersion, kind: 'Repository', metadata: { name }, spec };
}
