import { writeMessage } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import type { Call } from './call.js';

/** What clients of gRPC take by default: they would refuse a larger answer. */
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;

interface Listed {
  readonly items: readonly unknown[];
}

/** Room for what the next page, which is not quite the same, may have more. */
const SHARE = 0.9;

/** A page as a message that clients take: with fewer items than were asked for, if these are too large. */
export async function fittingPage(
  { method }: Pick<Call, 'method'>,
  list: (query: ListQuery) => Promise<Listed>,
  query: ListQuery,
): Promise<Uint8Array> {
  const page = await list(query);
  const bytes = writeMessage(method.output, page);
  const { length } = page.items;
  if (bytes.length <= ANSWER_LIMIT_BYTES || length <= 1) return bytes;
  const fitting = Math.floor((length * SHARE * ANSWER_LIMIT_BYTES) / bytes.length);
  return fittingPage({ method }, list, { ...query, limit: String(Math.max(fitting, 1)) });
}
