import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of one process. */
interface Usage {
  readonly parent: number;
  /** Of itself, and of its children that have ended; milliseconds of CPU. */
  readonly milliseconds: number;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** One line of /proc/<pid>/stat, whose second field is a name in brackets that may contain anything. */
export function usageIn(stat: string): Usage {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  return { parent: parent!, milliseconds: ticks * TICK_MS };
}

function usages(): Map<number, Usage> {
  const all = new Map<number, Usage>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      all.set(Number(name), usageIn(readFileSync(`/proc/${name}/stat`, 'utf8')));
    } catch {
      // It has ended meanwhile.
    }
  }
  return all;
}

/** Milliseconds of CPU that each process and what it started have used so far; undefined where the kernel does not say. */
export function cpuOf<Name extends string>(
  processes: Readonly<Record<Name, number>>,
): Record<Name, number> | undefined {
  if (process.platform !== 'linux') return undefined;
  const all = usages();
  const sum = (pid: number): number => {
    const children = [...all].filter(([, { parent }]) => parent === pid).map(([child]) => child);
    const own = all.get(pid)?.milliseconds ?? 0;
    return children.reduce((total, child) => total + sum(child), own);
  };
  const sums = Object.entries<number>(processes).map(([name, pid]) => [name, sum(pid)]);
  return Object.fromEntries(sums) as Record<Name, number>;
}
