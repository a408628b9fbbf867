/** What Redis says of one group of a stream. */
export type GroupInfo = Readonly<Record<string, string | number | null>>;

function fieldsOf(flat: readonly (string | number | null)[]): GroupInfo {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), flat[at + 1]]] : []));
  return Object.fromEntries(pairs) as GroupInfo;
}

/** One group in the answer of XINFO GROUPS: for each group, names and values in turn. */
export function groupNamed(name: string, answer: unknown): GroupInfo | undefined {
  return (answer as (string | number | null)[][])
    .map(fieldsOf)
    .find((group) => group['name'] === name);
}

/** The number of the last event that a group was given, 0 without one: Skein's entries have ids such as `17-0`. */
export function lastGiven(group: GroupInfo | undefined): number {
  return Number(String(group?.['last-delivered-id'] ?? '0-0').split('-')[0]);
}
