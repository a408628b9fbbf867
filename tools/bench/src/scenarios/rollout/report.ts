import { median, perSecond, round } from '../../figures.js';
import { table, type Cell } from '../../table.js';
import { CHANGE, type Phase } from './steps.js';
import type { Turn } from './turn.js';
import type { Used } from './usage.js';

/** What was measured with so many devices, run by run. */
export interface Measured {
  readonly devices: number;
  readonly turns: readonly Turn[];
}

const SHOWN_WARNINGS = 5;
const SHOWN_CHARACTERS = 400;

/** Seconds of a phase, median of all runs; undefined when it did not take place. */
export function secondsOf({ turns }: Measured, name: string): number | undefined {
  const found = turns.flatMap(({ phases }) => phases.filter((phase) => phase.name === name));
  return found.length > 0 ? median(found.map(({ seconds }) => seconds)) : undefined;
}

function phasesText(measured: Measured): string {
  const rows = measured.turns.at(-1)!.phases.map((phase) => {
    const { name, devices } = phase;
    const seconds = secondsOf(measured, name)!;
    return [
      name,
      devices,
      round(seconds, 2),
      round(perSecond(devices, seconds * 1_000)),
      largestIn(phase),
    ];
  });
  return table(['phase', 'devices', 'seconds', 'devices/s', 'peak MB until then'], rows);
}

/** What the change of the template used. */
export function usedOf({ phases }: Turn): Used {
  return phases.find(({ name }) => name === CHANGE)!.used;
}

/** The most memory that each service had in the end. */
export const peaksOf = ({ phases }: Turn) => phases.at(-1)!.used.peaks;

/** The largest service until the end of a phase, as `300 rollout`. */
function largestIn({ used: { peaks } }: Phase): string {
  const [largest] = Object.entries(peaks).toSorted(([, left], [, right]) => right - left);
  return largest ? `${round(largest[1])} ${largest[0]}` : '';
}

/** Of one run: what each process had at the most, and what it used for the new template. */
function processesText(turn: Turn, devices: number): string {
  const peaks = peaksOf(turn);
  const { cpu = {}, statements } = usedOf(turn);
  const each = (total: number) => round((total * 1_000) / devices, 1);
  const names = [...new Set([...Object.keys(cpu), ...Object.keys(peaks)])];
  const rows = names.map((name): Cell[] => {
    const ran = statements?.roles.find(({ role }) => role === name);
    return [
      name,
      peaks[name] === undefined ? '' : round(peaks[name]),
      cpu[name] === undefined ? '' : each(cpu[name]),
      ran ? each(ran.calls) : '',
      ran ? each(ran.milliseconds) : '',
    ];
  });
  const heads = ['process', 'peak MB', 'CPU ms', 'statements', 'ms in PostgreSQL'];
  return `${table(heads, rows)}

Peak: resident memory, of all phases. The rest: for 1,000 devices whose template changed.`;
}

function statementsText({ phases }: Turn): string {
  if (!process.env['SKEIN_BENCH_STATEMENTS']) return '';
  const texts = phases.map(({ name, used }) => {
    const rows = (used.statements?.top ?? []).map(({ role, calls, milliseconds, text }): Cell[] => [
      ...[role, calls, round(milliseconds)],
      text,
    ]);
    return `\n\n${name}\n\n${table(['role', 'calls', 'ms', 'statement'], rows)}`;
  });
  return texts.join('');
}

function warningsText({ warnings }: Turn): string {
  if (warnings.length === 0) return '';
  const shown = warnings.slice(0, SHOWN_WARNINGS).map((line) => line.slice(0, SHOWN_CHARACTERS));
  return `\n\nThe services warned ${warnings.length} times:\n${shown.join('\n')}`;
}

/** For people. */
export function textOf(measured: Measured): string {
  const last = measured.turns.at(-1)!;
  return [
    phasesText(measured),
    `\n\n${processesText(last, measured.devices)}`,
    statementsText(last),
    warningsText(last),
  ].join('');
}
