import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { isCollection, membersOf } from './members.js';
import { UnreadableMessage } from './unreadable-message.js';
import { wellKnownOf } from './well-known.js';

/** A path of a field mask: words, and in backticks anything. */
const PATH = /^(?:[^.`]+|`[^`]+`)(?:\.(?:[^.`]+|`[^`]+`))*$/;
const SEGMENT = /[^.`]+|`[^`]+`/g;

/** What a step of a path leads to: a message, anything below it, or nothing below it. */
type Below = DescMessage | 'any' | 'keys' | 'nothing';

function belowOf(field: DescField): Below {
  if (field.fieldKind === 'map') return 'keys';
  if (isCollection(field) || !('message' in field) || !field.message) return 'nothing';
  const { message } = field;
  if (message.typeName === 'google.protobuf.Struct') return 'any';
  return wellKnownOf(message.typeName) ? 'nothing' : message;
}

function step(below: Below, word: string, path: string): [name: string, below: Below] {
  if (below === 'any') return [word, 'any'];
  if (below === 'keys') return [word, 'nothing'];
  if (below === 'nothing') throw new UnreadableMessage(`${path}: leads into a value`);
  const field = membersOf(below).find(({ name }) => name === word);
  if (field) return [field.jsonName, belowOf(field)];
  const has = membersOf(below).map(({ name }) => name);
  throw new UnreadableMessage(`${path}: ${below.name} has no ${word}; it has ${has.join(', ')}`);
}

/**
 * Where a path of a field mask leads in the document of a message: the names of members.
 * @throws UnreadableMessage for a path that leads nowhere
 */
export function maskPath(type: DescMessage, path: string): readonly string[] {
  if (!PATH.test(path)) {
    throw new UnreadableMessage(
      `${path}: must be names with dots between them, other keys in \`\``,
    );
  }
  let below: Below = type;
  return path.match(SEGMENT)!.map((segment) => {
    const [name, next] = step(below, segment.replaceAll('`', ''), path);
    below = next;
    return name;
  });
}
