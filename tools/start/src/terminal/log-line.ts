const quiet = new Set(['debug', 'info']);
/** What every line has, or what only machines want. */
const leftOut = new Set(['level', 'time', 'service', 'msg', 'trace', 'span', 'org']);

export interface LogLine {
  /** For people: time, level, service, message, and the rest. */
  readonly text: string;
  /** Whether it is worth reading when all goes well. */
  readonly loud: boolean;
}

/** Makes a structured log line of a service readable; other lines are shown as they are. */
export function readLogLine(service: string, line: string): LogLine {
  const fields = parse(line);
  if (!fields) return { text: `         error ${service}  ${line}`, loud: true };
  const level = String(fields['level'] ?? 'info');
  const rest = Object.entries(fields).filter(([name]) => !leftOut.has(name));
  const details = rest.map(([name, value]) => `${name}=${short(value)}`).join(' ');
  const time = String(fields['time'] ?? '').slice(11, 23);
  const text = `${time} ${level.padEnd(5)} ${service}  ${String(fields['msg'] ?? '')}  ${details}`;
  return { text: text.trimEnd(), loud: !quiet.has(level) };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function short(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { message } = value as { message?: unknown };
  return typeof message === 'string' ? JSON.stringify(message) : JSON.stringify(value);
}
