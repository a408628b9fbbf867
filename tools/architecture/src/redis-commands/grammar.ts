import type { Argument, Commands } from './commands.js';

/** A command as it is sent, in words; undefined stands for some value that is not known here. */
export type Sent = readonly (string | undefined)[];

/** What is newer, a server of Redis 7.0 need not have. */
const NEWEST = '7.0.0';

const integer = /^-?\d+$/;
/** Ids of stream entries, and the words for the ends of a stream. Else an unknown option would pass for one. */
const id = /^(\d+(-(\d+|\*))?|\(?\d+-\d+|[-+$>*])$/;
const patterns: Readonly<Record<string, RegExp>> = { integer, 'unix-time': integer };
const idNames = new Set(['id', 'start', 'end', 'threshold', 'min-idle-time', 'lastid']);

const has = ({ flags = [] }: Argument, flag: string) => flags.includes(flag);
const isToken = (word: string | undefined, token: string | undefined) =>
  word !== undefined && word.toUpperCase() === token?.toUpperCase();

function isOlder(since = '0.0.0'): boolean {
  return since.localeCompare(NEWEST, 'en', { numeric: true }) <= 0;
}

function isValue({ name, type }: Argument, word: string | undefined): boolean {
  if (word === undefined) return true;
  const pattern = idNames.has(name) && type === 'string' ? id : patterns[type];
  return pattern?.test(word) ?? true;
}

/** Where it can end when it stands once at this place, without its token. */
function once(argument: Argument, sent: Sent, at: number): number[] {
  const { type, token, arguments: parts = [] } = argument;
  if (type === 'oneof') return parts.flatMap((part) => endsOf(part, sent, at));
  if (type === 'block') return sequence(parts, sent, at);
  if (at >= sent.length) return [];
  const fits = type === 'pure-token' ? isToken(sent[at], token) : isValue(argument, sent[at]);
  return fits ? [at + 1] : [];
}

const leads = ({ token, type }: Argument) => token !== undefined && type !== 'pure-token';

/** The places behind the token that leads it. */
function behindToken({ token }: Argument, sent: Sent, places: readonly number[]): number[] {
  return places.filter((place) => isToken(sent[place], token)).map((place) => place + 1);
}

function endsOf(argument: Argument, sent: Sent, at: number): number[] {
  if (!isOlder(argument.since)) return [];
  let places = leads(argument) ? behindToken(argument, sent, [at]) : [at];
  const found = new Set<number>();
  while (places.length > 0) {
    const ends = places.flatMap((place) => once(argument, sent, place));
    const further = [...new Set(ends)].filter((place) => !found.has(place));
    for (const place of further) found.add(place);
    if (!has(argument, 'multiple')) break;
    const again = leads(argument) && has(argument, 'multiple_token');
    places = again ? behindToken(argument, sent, further) : further;
  }
  return [...found];
}

/** Options beside each other stand in any order. */
function anyOrder(options: readonly Argument[], sent: Sent, at: number): number[] {
  const further = options.flatMap((option) => {
    const others = options.filter((other) => other !== option);
    return endsOf(option, sent, at).flatMap((end) => anyOrder(others, sent, end));
  });
  return [...new Set([at, ...further])];
}

function sequence(parts: readonly Argument[], sent: Sent, at: number): number[] {
  const [first, ...rest] = parts;
  if (!first) return [at];
  if (!has(first, 'optional')) {
    return endsOf(first, sent, at).flatMap((end) => sequence(rest, sent, end));
  }
  const isLast = (part: Argument) => !has(part, 'optional');
  const length = parts.some(isLast) ? parts.findIndex(isLast) : parts.length;
  const ends = anyOrder(parts.slice(0, length), sent, at);
  return ends.flatMap((end) => sequence(parts.slice(length), sent, end));
}

function commandFor(commands: Commands, sent: Sent) {
  const [name = '?', second = ''] = sent.map((word) => word?.toLowerCase());
  const whole = `${name}|${second}`;
  const found = whole in commands ? whole : name;
  return { found, command: commands[found], words: sent.slice(found === whole ? 2 : 1) };
}

/** What Redis 7.0 would not understand of a command; undefined when it understands all of it. */
export function notUnderstood(commands: Commands, sent: Sent): string | undefined {
  const { found, command, words } = commandFor(commands, sent);
  if (!command || !isOlder(command.since)) return `${found} is no command`;
  const ends = sequence(command.arguments ?? [], words, 0);
  if (ends.includes(words.length)) return undefined;
  return `not as ${found} is: ${sent.map((word) => word ?? '…').join(' ')}`;
}
