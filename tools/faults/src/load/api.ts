/** How the API answered a write: with the object's version, with a refusal, or not at all. */
export type Answer =
  | { readonly kind: 'saved'; readonly version: number }
  | { readonly kind: 'refused' | 'unanswered'; readonly reason: string };

const answerWithinMs = 10_000;

/** Creates or replaces a resource. Never throws. */
export async function put(baseUrl: string, path: string, body: object): Promise<Answer> {
  try {
    const response = await fetch(`${baseUrl}/api/v1/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    if (!response.ok) {
      return { kind: 'refused', reason: `PUT ${path}: ${response.status} ${text.slice(0, 200)}` };
    }
    const { metadata } = JSON.parse(text) as { metadata: { resourceVersion: string } };
    return { kind: 'saved', version: Number(metadata.resourceVersion) };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message || String(cause) : message;
    return { kind: 'unanswered', reason: `PUT ${path}: ${reason}` };
  }
}
