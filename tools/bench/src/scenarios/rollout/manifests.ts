/** The fleet that all devices belong to. */
export const FLEET = 'bench';
/** The one that some of them go to for a while. */
export const AWAY = 'away';

const SITES = 100;
/** So that a document has about the size of a small real one. */
const FILLER_BYTES = 1_024;

/** A device of that fleet; names sort as the devices came. */
export const deviceOf = (index: number) => ({
  name: `device-${String(index).padStart(7, '0')}`,
  labels: { fleet: FLEET, site: `site-${index % SITES}` },
});
/** Names of every tenth device, as a pattern of `like`. */
export const TENTH = '%0';

/** One in a hundred, then one in ten, then all the others. */
export const BATCHES = ['1%', '10%'] as const;
const batchedPolicy = {
  deviceSelection: {
    strategy: 'BatchSequence',
    sequence: BATCHES.map((limit) => ({ limit })),
  },
  successThreshold: '90%',
};

export interface FleetNeeds {
  readonly name: string;
  /** A template of another edition is another template. */
  readonly edition: number;
  /** Whether each device gets a document of its own. */
  readonly distinct: boolean;
  /** Whether it is rolled out batch by batch, else at once. */
  readonly batched?: boolean;
}

/** A fleet whose devices get one file. */
export function fleet({ name, edition, distinct, batched = false }: FleetNeeds): object {
  const own = distinct ? 'device = {{ .metadata.name }}\n' : '';
  const content = `edition = ${edition}\n${own}${'#'.repeat(FILLER_BYTES)}\n`;
  const config = [{ name: 'motto', inline: [{ path: '/etc/motto', mode: 0o644, content }] }];
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Fleet',
    metadata: { name },
    spec: {
      selector: { matchLabels: { fleet: name } },
      template: { spec: { config } },
      ...(batched && { rolloutPolicy: batchedPolicy }),
    },
  };
}
