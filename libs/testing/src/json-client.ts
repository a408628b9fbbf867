export interface JsonAnswer {
  readonly code: number;
  /** The parsed body; `{ text }` when it is not JSON. */
  readonly body: Loose;
  readonly headers: Readonly<Record<string, string>>;
}

/** A value of JSON as a test looks into it, without saying its type at every step. */
export type Loose = ReturnType<typeof JSON.parse>;

export interface CallOptions {
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export type JsonClient = (
  method: string,
  path: string,
  options?: CallOptions,
) => Promise<JsonAnswer>;

function requestOf(method: string, { body, headers = {}, signal }: CallOptions): RequestInit {
  if (body === undefined) return { method, headers, ...(signal && { signal }) };
  return {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  };
}

/**
 * Calls an HTTP API as a client would: over a real connection.
 * @param always the headers of each request
 */
export function jsonClient(
  baseUrl: () => Promise<string> | string,
  always: () => Readonly<Record<string, string>> = () => ({}),
): JsonClient {
  return async (method, path, given = {}) => {
    const options = { ...given, headers: { ...always(), ...given.headers } };
    const response = await fetch(`${await baseUrl()}${path}`, requestOf(method, options));
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      code: response.status,
      body: json && text ? JSON.parse(text) : { text },
      headers: Object.fromEntries(response.headers),
    };
  };
}
