import { catalogue } from './catalogue/catalogue.js';
import type { Envelope } from './envelope.js';

/** An event that this build cannot read. `unknown`: of a type that it does not know; `malformed`: not an event. */
export class UnreadableEvent extends Error {
  readonly retryable = false;
  constructor(
    readonly code: 'unknown' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}

const attributes = ['id', 'source', 'type', 'kind', 'subject', 'time', 'org', 'version', 'data'];

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  } catch {
    // Said below, with the reason that a person can act on.
  }
  throw new UnreadableEvent('malformed', 'the event is not a JSON object');
}

function missing(value: object, keys: readonly string[]): string[] {
  return keys.filter((key) => !(key in value));
}

/** Writes an event as one line of JSON. */
export function encode(event: Envelope): string {
  return JSON.stringify(event);
}

/**
 * Reads an event; members that this build does not know are ignored.
 * @throws UnreadableEvent
 */
export function decode(text: string): Envelope {
  const event = parse(text);
  const absent = missing(event, attributes);
  if (absent.length > 0) {
    throw new UnreadableEvent('malformed', `the event lacks ${absent.join(', ')}`);
  }
  const definition = catalogue.get(String(event['type']));
  if (!definition) {
    throw new UnreadableEvent(
      'unknown',
      `this build does not know events of type ${String(event['type'])}`,
    );
  }
  const data = event['data'];
  const lacks =
    data !== null && typeof data === 'object' ? missing(data, definition.keys) : ['data'];
  if (lacks.length > 0) {
    throw new UnreadableEvent('malformed', `${definition.type} lacks ${lacks.join(', ')}`);
  }
  return event as unknown as Envelope;
}
