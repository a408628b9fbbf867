import { deepStrictEqual } from 'node:assert/strict';
import { call, type Answer, type Call } from './call.js';
import type { Doors, Door } from './doors.js';
import { deviceOf, nameOf, PAGE, PREFIX } from './loads.js';

/** What differs from answer to answer, also at one door: only whether it is there is compared. */
const OWN = ['name', 'creationTimestamp', 'resourceVersion'];
const HEADERS = ['content-type', 'flightctl-api-version'];
const PATH = '/api/v1/devices';

/** What is compared of an answer. */
interface Shown {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

function shown(isRead: boolean, { status, headers, body }: Answer): Shown {
  const some = (name: string) => (headers.has(name) ? 'some' : null);
  const compared = HEADERS.map((name) => [name, headers.get(name)]);
  const etag = isRead ? headers.get('etag') : some('etag');
  const own = { etag, 'x-request-id': some('x-request-id') };
  return { status, headers: { ...Object.fromEntries(compared), ...own }, body };
}

function withoutOwn(answer: Shown): Shown {
  const { metadata, ...body } = answer.body as { metadata?: Record<string, unknown> };
  if (!metadata) return answer;
  const entries = Object.entries(metadata);
  const kept = entries.map(([key, value]) =>
    OWN.includes(key) ? [key, typeof value] : [key, value],
  );
  return { ...answer, body: { ...body, metadata: Object.fromEntries(kept) } };
}

/** @throws with what differs */
export function requireEqual(what: string, skein: unknown, bare: unknown): void {
  try {
    deepStrictEqual(bare, skein);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${what}: the bare server (actual) differs from Skein: ${message}`, {
      cause: error,
    });
  }
}

async function same(doors: Doors, what: string, calls: Record<'skein' | 'bare', Call>) {
  const isRead = calls.skein.method === undefined;
  const of = async (name: 'skein' | 'bare') => {
    const answer = shown(isRead, await call(doors[name], calls[name]));
    return isRead ? answer : withoutOwn(answer);
  };
  requireEqual(what, await of('skein'), await of('bare'));
}

const both = (question: Call) => ({ skein: question, bare: question });

/** All pages of a list, but for the positions that each door draws for itself. */
async function pages(door: Door, selector: string): Promise<unknown[]> {
  const first = `${PATH}?limit=${PAGE}&${selector}`;
  const found: unknown[] = [];
  let path: string | undefined = first;
  while (path !== undefined) {
    const { body } = await call(door, { path });
    const { metadata, ...page } = body as { metadata: Record<string, unknown> };
    const { continue: next, resourceVersion, ...counts } = metadata;
    found.push({ ...page, ...counts, position: typeof resourceVersion });
    path = next === undefined ? undefined : `${first}&continue=${String(next)}`;
  }
  return found;
}

function wrong(device: object): object[] {
  const { metadata, spec, ...head } = device as { metadata: object; spec: object };
  return [
    { ...head, metadata: { ...metadata, labels: { 'not a key': 'x' } }, spec },
    { ...head, metadata, spec: { ...spec, surprise: true } },
    { ...head, metadata, spec: { ...spec, resources: [{ monitorType: 'Heat' }] } },
  ];
}

const patching = (prefix: string, operation: object): Call => ({
  ...{ method: 'PATCH', path: `${PATH}/${nameOf(prefix, 7)}` },
  ...{ type: 'application/json-patch+json', body: [operation] },
});

const creating = (body: object): Call => ({
  ...{ method: 'POST', path: PATH, type: 'application/json', body },
});

/** @throws when the bare server answers anything else than Skein does: then it does something else */
export async function requireSameAnswers(doors: Doors): Promise<void> {
  await same(doors, 'a device', both({ path: `${PATH}/${nameOf(PREFIX, 7)}` }));
  await same(doors, 'no device', both({ path: `${PATH}/nobody` }));
  for (const body of wrong(deviceOf('wrong', 0))) {
    await same(doors, 'a wrong device', both(creating(body)));
  }
  const [skein, bare] = ['same-skein', 'same-bare'].map((name) => creating(deviceOf(name, 7)));
  await same(doors, 'a new device', { skein: skein!, bare: bare! });
  const label = { op: 'replace', path: '/metadata/labels/revision', value: 'x' };
  await same(doors, 'a patch', {
    skein: patching('same-skein', label),
    bare: patching('same-bare', label),
  });
  const astray = { op: 'replace', path: '/metadata/labels/nothing', value: 'x' };
  await same(doors, 'a wrong patch', both(patching(PREFIX, astray)));
  await same(
    doors,
    'a patch of the status',
    both(patching(PREFIX, { op: 'remove', path: '/status' })),
  );
  for (const selector of ['labelSelector=site%3Dsite-7', 'labelSelector=site+in+(site-1),!x']) {
    const [one, other] = await Promise.all([
      pages(doors.skein, selector),
      pages(doors.bare, selector),
    ]);
    requireEqual(`lists by ${selector}`, one, other);
  }
}
