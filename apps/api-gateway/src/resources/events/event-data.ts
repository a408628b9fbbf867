type Loose = { readonly [key: string]: unknown };

/** What an event says, with no more of its members than is told. */
export interface EventData {
  readonly data: Loose & { readonly members: readonly Loose[] };
  /** How many members it has. */
  readonly count: number;
}

const MEMBERS = '"members":[';

/** Where the object that begins at `from` ends; a brace within a text is none. */
function endOf(text: string, from: number): number {
  const marks = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '{') depth += 1;
    if (mark[0] === '}') depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

/** The text with one member instead of all, when it is as services write it; a quotation mark within a text is escaped. */
function withOne(text: string, device: string): string | undefined {
  const head = text.indexOf(MEMBERS);
  const from = text.indexOf(`{"device":"${device}"`, head);
  if (head < 0 || from < 0 || !text.endsWith(']}')) return undefined;
  return `${text.slice(0, head)}${MEMBERS}${text.slice(from, endOf(text, from))}]}`;
}

function membersOf({ members }: Loose): readonly Loose[] {
  return Array.isArray(members) ? (members as Loose[]) : [];
}

/** @throws SyntaxError when it is no JSON */
function parsed(text: string): Loose {
  const value: unknown = JSON.parse(text);
  return value !== null && typeof value === 'object' ? (value as Loose) : {};
}

/** Undefined where the text was cut wrongly. */
function readShort(text: string | undefined): Loose | undefined {
  try {
    return text === undefined ? undefined : parsed(text);
  } catch {
    return undefined;
  }
}

/** With the first member only. */
export function readData(text: string): EventData {
  const data = parsed(text);
  const members = membersOf(data);
  return { data: { ...data, members: members.slice(0, 1) }, count: members.length };
}

/**
 * With the member that is this device; undefined when there is none. A thousand members are not parsed for one of them:
 * that would take longer than all the rest.
 */
export function readMember(text: string, device: string): EventData | undefined {
  if (!text.includes(device)) return undefined;
  const data = readShort(withOne(text, device)) ?? parsed(text);
  const members = membersOf(data).filter((member) => member['device'] === device);
  return members.length === 0 ? undefined : { data: { ...data, members }, count: 1 };
}
