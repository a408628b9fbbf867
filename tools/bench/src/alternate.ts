import type { Bench } from './scenario.js';

/** What was measured of each part, run by run; parts that were not wanted are not there. */
export type Measured<Part extends string, Value> = Partial<Record<Part, Value[]>>;

/**
 * Measures the wanted parts in turn, run by run: what disturbs the machine for a while disturbs them all.
 * @param tell what to say of a measurement
 */
export async function alternate<Part extends string, Value>(
  { runs, parts, say }: Pick<Bench, 'runs' | 'parts' | 'say'>,
  turns: Record<Part, () => Promise<Value>>,
  tell: (part: Part, value: Value) => string,
): Promise<Measured<Part, Value>> {
  const measured: Measured<Part, Value> = {};
  const wanted = (Object.keys(turns) as Part[]).filter((part) => parts.includes(part));
  for (let run = 1; run <= runs; run += 1) {
    for (const part of wanted) {
      const value = await turns[part]();
      (measured[part] ??= []).push(value);
      say(`run ${run}: ${tell(part, value)}`);
    }
  }
  return measured;
}
