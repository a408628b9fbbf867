import { asSetting, inMib, recommendedMaxmemory, type Finding } from './finding.js';
import type { ServerState } from './state.js';

/** The shares of its container's memory that a maxmemory is well between. */
const LEAST = 0.7;
const MOST = 0.8;

function unlimited({ memory }: ServerState): Finding {
  const size = memory?.of === 'container' ? asSetting(recommendedMaxmemory(memory.bytes)) : '1gb';
  return {
    code: 'no-maxmemory',
    severity: 'unsafe',
    what: 'the server has no maxmemory: it grows until the kernel ends it',
    cure: `set maxmemory ${size}, or what three quarters of its memory less 200 MB are`,
  };
}

const tooLarge = (what: string, bytes: number): Finding => ({
  code: 'maxmemory-above-memory',
  severity: 'unsafe',
  what: `${what}: the kernel ends the server before it is full`,
  cure: `give it more memory, or set maxmemory ${asSetting(recommendedMaxmemory(bytes))}`,
});

const tight = (what: string, bytes: number): Finding => ({
  code: 'maxmemory-too-near',
  severity: 'unwise',
  what: `${what}, more than 80 %: a fork and the buffers of clients have little room`,
  cure: `give the container more memory, or set maxmemory ${asSetting(recommendedMaxmemory(bytes))}`,
});

const wasted = (what: string, bytes: number): Finding => ({
  code: 'maxmemory-small',
  severity: 'unwise',
  what: `${what}, less than 70 %: the rest is never used`,
  cure: `give the container less memory, or set maxmemory ${asSetting(recommendedMaxmemory(bytes))}`,
});

/** How maxmemory fits the memory that there is. Of a machine, which has other uses too, only that it is enough. */
export function adviseOnMaxmemory(state: ServerState): Finding[] {
  const { maxmemory, memory } = state;
  if (maxmemory === undefined) return [];
  if (maxmemory === 0) return [unlimited(state)];
  if (!memory) return [];
  const { bytes, of } = memory;
  const what = `maxmemory is ${inMib(maxmemory)} and the ${of} has ${inMib(bytes)}`;
  if (maxmemory >= bytes) return [tooLarge(what, bytes)];
  if (of === 'machine') return [];
  if (maxmemory > bytes * MOST) return [tight(what, bytes)];
  // In a small container what is recommended is less than 70 %.
  const least = Math.min(bytes * LEAST, recommendedMaxmemory(bytes));
  return maxmemory < least ? [wasted(what, bytes)] : [];
}
