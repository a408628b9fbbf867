import { cpuOf } from '../../cpu.js';
import { peakMegabytes } from '../../memory.js';
import type { StatementCounter, Statements } from './statements.js';
import type { Views } from './views.js';

/** What a step used. */
export interface Used {
  /** Events that entered the log. */
  readonly events: number;
  /** Milliseconds of CPU by process; undefined where the kernel does not say. */
  readonly cpu: Readonly<Record<string, number>> | undefined;
  /** The most memory that each service had resident until then, in megabytes; without those of which the kernel does not say it. */
  readonly peaks: Readonly<Record<string, number>>;
  /** Undefined without pg_stat_statements. */
  readonly statements: Statements | undefined;
}

/** Process ids, by name. */
export interface Pids {
  readonly servers: Readonly<Record<string, number>>;
  readonly services: Readonly<Record<string, number>>;
}

/** Measures what is used. */
export class Usage {
  constructor(
    private readonly views: Views,
    private readonly pids: Pids,
    private readonly statements: StatementCounter | undefined,
  ) {}

  private get processes(): Record<string, number> {
    return { ...this.pids.servers, ...this.pids.services };
  }

  /** From now on; what it answers tells what was used until then. */
  async begin(): Promise<() => Promise<Used>> {
    const last = await this.views.last();
    await this.statements?.reset();
    const before = cpuOf(this.processes);
    return async () => ({
      cpu: sinceOf(before, cpuOf(this.processes)),
      peaks: peaksOf(this.pids.services),
      events: (await this.views.last()) - last,
      statements: await this.statements?.read(),
    });
  }
}

function peaksOf(pids: Readonly<Record<string, number>>): Record<string, number> {
  const peaks = Object.entries(pids).map(([name, pid]) => [name, peakMegabytes(pid)] as const);
  const known = peaks.flatMap(([name, peak]) =>
    peak === undefined ? [] : [[name, peak] as const],
  );
  return Object.fromEntries(known);
}

type Cpu = Used['cpu'];

function sinceOf(before: Cpu, after: Cpu): Cpu {
  const used = Object.entries(after ?? {}).map(([name, total]) => [
    name,
    total - (before?.[name] ?? 0),
  ]);
  return after && (Object.fromEntries(used) as Record<string, number>);
}
