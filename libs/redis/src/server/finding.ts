/** What should be different about a server, for people. */
export interface Finding {
  /** Stays the same while it is found again. */
  readonly code: string;
  /** `unsafe` can stop it, or cost a restore; `unwise` costs time or memory; `unknown` could not be read. */
  readonly severity: 'unsafe' | 'unwise' | 'unknown';
  readonly what: string;
  /** What to do about it. */
  readonly cure: string;
}

const urgency: readonly Finding['severity'][] = ['unsafe', 'unwise', 'unknown'];

/** The most urgent first, else in the given order. */
export function byUrgency(findings: readonly Finding[]): Finding[] {
  return urgency.flatMap((level) => findings.filter(({ severity }) => severity === level));
}

const MIB = 1_024 * 1_024;
const SHARE = 0.75;
/** For the process itself and its buffers. */
const RESERVE = 200 * MIB;

/** Bytes that a server should take at the most in a container of so many. */
export function recommendedMaxmemory(containerBytes: number): number {
  return Math.max(0, Math.floor(containerBytes * SHARE - RESERVE));
}

/** Bytes of a container that a server with this maxmemory should have. */
export function containerFor(maxmemory: number): number {
  return Math.ceil((maxmemory + RESERVE) / SHARE);
}

export function inMib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MB`;
}

/** As redis.conf and CONFIG SET take it. */
export function asSetting(bytes: number): string {
  return `${Math.floor(bytes / MIB)}mb`;
}
