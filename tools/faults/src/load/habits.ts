import type { Random } from '../random.js';

/** When a device says, after it was rendered, what it runs. */
export interface Report {
  readonly renderedVersion: number;
  /** Milliseconds after it was rendered. */
  readonly afterMs: number;
}

/** What a device does with what it is to run. */
export type Habit = 'prompt' | 'silent' | 'late' | 'restless';

const promptMs = 1_500;
/** After the time-out: it has failed by then, and is updated after all. */
const lateMs = 26_000;
const restlessMs = 800;

/** One in 67 never reports, one in 97 too late, and one in 211 falls back for a moment to what it ran before. */
export function habitOf(at: number): Habit {
  if (at % 67 === 5) return 'silent';
  if (at % 97 === 11) return 'late';
  return at % 211 === 3 ? 'restless' : 'prompt';
}

/** All that a device says after it was rendered. */
export function reportsOf(habit: Habit, renderedVersion: number, random: Random): Report[] {
  if (habit === 'silent') return [];
  const afterMs = habit === 'late' ? lateMs : random.between(0, promptMs);
  const first = { renderedVersion, afterMs };
  if (habit !== 'restless') return [first];
  const back = { renderedVersion: renderedVersion - 1, afterMs: afterMs + restlessMs };
  return [first, back, { renderedVersion, afterMs: afterMs + 2 * restlessMs }];
}
