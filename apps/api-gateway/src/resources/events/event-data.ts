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

/** Where members begin, as services write them; a quotation mark within a text is escaped, so it is nowhere else. */
const MEMBER = '{"device":"';

/** The text with the member that begins there instead of all members. */
function cut(text: string, head: number, from: number): string {
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

/**
 * What it says with one member, that of a device or the first; a thousand members are not parsed for one of them, that
 * would take longer than all the rest. Undefined where it is not written as services write it.
 */
function shortened(text: string, device = ''): Loose | undefined {
  const head = text.indexOf(MEMBERS);
  const from = head < 0 ? -1 : text.indexOf(MEMBER + device, head);
  if (from < 0 || !text.endsWith(']}')) return undefined;
  if (device === '' && from !== head + MEMBERS.length) return undefined;
  try {
    return parsed(cut(text, head, from));
  } catch {
    return undefined;
  }
}

function countIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(MEMBER); at >= 0; at = text.indexOf(MEMBER, at + MEMBER.length)) {
    count += 1;
  }
  return count;
}

/** With the first member only. */
export function readData(text: string): EventData {
  const short = shortened(text);
  if (short) return { data: { ...short, members: membersOf(short) }, count: countIn(text) };
  const data = parsed(text);
  const members = membersOf(data);
  return { data: { ...data, members: members.slice(0, 1) }, count: members.length };
}

/** With the member that is this device; undefined when there is none. */
export function readMember(text: string, device: string): EventData | undefined {
  if (!text.includes(device)) return undefined;
  const data = shortened(text, device) ?? parsed(text);
  const members = membersOf(data).filter((member) => member['device'] === device);
  return members.length === 0 ? undefined : { data: { ...data, members }, count: 1 };
}
