import { TOKEN, type Door } from './doors.js';

export interface Call {
  readonly path: string;
  readonly method?: string;
  readonly type?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Read as JSON. */
  readonly body: unknown;
}

/** One request to one door. */
export async function call(
  { url }: Pick<Door, 'url'>,
  { path, method = 'GET', type, body }: Call,
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${TOKEN}`,
      ...(type !== undefined && { 'content-type': type }),
    },
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}
