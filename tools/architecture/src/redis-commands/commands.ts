/** What a command takes, as Redis says it in COMMAND DOCS. */
export interface Argument {
  readonly name: string;
  readonly type: string;
  readonly token?: string;
  readonly since?: string;
  readonly flags?: readonly string[];
  readonly arguments?: readonly Argument[];
}

export interface Command {
  readonly since: string;
  readonly arguments?: readonly Argument[];
}

/** By name in small letters, a subcommand as `xinfo|stream`. */
export type Commands = Readonly<Record<string, Command>>;

type Docs = Readonly<Record<string, Command & { readonly subcommands?: Docs }>>;

const LISTS = new Set(['arguments', 'flags']);
const kept = ['name', 'type', 'token', 'since', 'flags', 'arguments'];

/** Replies come as lists of names and values in turn. */
function objectOf(reply: readonly unknown[]): Record<string, unknown> {
  const pairs = reply.flatMap((name, at) => (at % 2 ? [] : [[String(name), reply[at + 1]]]));
  return Object.fromEntries(pairs) as Record<string, unknown>;
}

function argumentOf(reply: readonly unknown[]): Argument {
  const fields = Object.entries(objectOf(reply)).filter(([name]) => kept.includes(name));
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (!LISTS.has(name)) return [name, value];
      const list = value as unknown[][];
      return [name, name === 'arguments' ? list.map(argumentOf) : list];
    }),
  ) as unknown as Argument;
}

function docsOf(reply: readonly unknown[]): Docs {
  return Object.fromEntries(
    Object.entries(objectOf(reply)).map(([name, value]) => {
      const { since, arguments: list, subcommands } = objectOf(value as unknown[]);
      const command = {
        since: String(since),
        ...(list !== undefined && { arguments: (list as unknown[][]).map(argumentOf) }),
        ...(subcommands !== undefined && { subcommands: docsOf(subcommands as unknown[]) }),
      };
      return [name, command];
    }),
  );
}

/** All commands and subcommands, in order, from the reply of COMMAND DOCS. */
export function commandsOf(reply: readonly unknown[]): Commands {
  const all = Object.entries(docsOf(reply)).flatMap(([name, { subcommands = {}, ...command }]) => [
    [name, command] as const,
    ...Object.entries(subcommands),
  ]);
  return Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
}
