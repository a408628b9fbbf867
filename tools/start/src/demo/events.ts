import type { ApiClient } from './api-client.js';

interface Event {
  readonly metadata: { readonly name: string };
}

/** The name of the newest event; undefined when there is none. */
export async function newestEvent(client: ApiClient): Promise<string | undefined> {
  const page = await client.get<{ items: Event[] }>('events?limit=1');
  return page?.items[0]?.metadata.name;
}

/** How many events are newer than that one; all of them without one. */
export async function countEventsSince(
  client: ApiClient,
  before: string | undefined,
): Promise<number> {
  let count = 0;
  for await (const { metadata } of client.items<Event>('events')) {
    if (metadata.name === before) break;
    count += 1;
  }
  return count;
}
