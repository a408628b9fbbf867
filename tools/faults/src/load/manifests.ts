const apiVersion = 'flightctl.io/v1beta1';

/** The fleets that devices belong to by their label `fleet`. */
export const fleetNames = ['north', 'south', 'west'] as const;
/** A value of that label which no fleet selects. */
export const nowhere = 'nowhere';

/** Each write says its number in a label, so that it is found in the log by what it said. */
export function device(name: string, fleet: string, write: number): object {
  const labels = { fleet, write: String(write) };
  return { apiVersion, kind: 'Device', metadata: { name, labels } };
}

export function fleet(name: string, write: number): object {
  const content = `fleet = ${name}\nwrite = ${write}\n`;
  const config = [{ name: 'motto', inline: [{ path: '/etc/motto', mode: 0o644, content }] }];
  const template = { metadata: { labels: { write: String(write) } }, spec: { config } };
  const selector = { matchLabels: { fleet: name } };
  return { apiVersion, kind: 'Fleet', metadata: { name }, spec: { selector, template } };
}
