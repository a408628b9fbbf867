import { writeMessage } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import { ANSWER_LIMIT_BYTES } from './answer-limit.js';
import type { Call } from './call.js';

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
