import { deepStrictEqual } from 'node:assert/strict';
import { TOKEN, type Doors, type Door } from './doors.js';
import { deviceOf, nameOf, PAGE, PREFIX } from './loads.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

interface Question {
  readonly path: string;
  readonly method?: string;
  readonly type?: string;
  readonly body?: unknown;
}

/** What differs from answer to answer, also at one door: only whether it is there is compared. */
const OWN = ['name', 'creationTimestamp', 'resourceVersion'];
const HEADERS = ['content-type', 'flightctl-api-version'];
const PATH = '/api/v1/devices';

const authorization = `Bearer ${TOKEN}`;

async function ask({ url }: Door, { path, method = 'GET', type, body }: Question): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
  });
  const headers = Object.fromEntries(HEADERS.map((name) => [name, response.headers.get(name)]));
  const etag = response.headers.get('etag');
  const asked = response.headers.get('x-request-id');
  return {
    status: response.status,
    headers: {
      ...headers,
      etag: method === 'GET' ? etag : etag && 'some',
      'x-request-id': asked && 'some',
    },
    body: await response.json(),
  };
}

function withoutOwn(answer: Answer): Answer {
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

async function same(doors: Doors, what: string, questions: Record<'skein' | 'bare', Question>) {
  const answers = await Promise.all([
    ask(doors.skein, questions.skein),
    ask(doors.bare, questions.bare),
  ]);
  const isRead = (questions.skein.method ?? 'GET') === 'GET';
  const [skein, bare] = isRead ? answers : answers.map(withoutOwn);
  requireEqual(what, skein, bare);
}

const both = (question: Question) => ({ skein: question, bare: question });

/** The first pages of a list and all that follow. */
async function pages(door: Door, selector: string): Promise<unknown[]> {
  const found: unknown[] = [];
  let path: string | undefined = `${PATH}?limit=${PAGE}&${selector}`;
  const first = path;
  while (path !== undefined) {
    const { body } = await ask(door, { path });
    found.push(body);
    const next = (body as { metadata: { continue?: string } }).metadata.continue;
    path = next === undefined ? undefined : `${first}&continue=${next}`;
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

const patching = (prefix: string, operation: object): Question => ({
  ...{ method: 'PATCH', path: `${PATH}/${nameOf(prefix, 7)}` },
  ...{ type: 'application/json-patch+json', body: [operation] },
});

const creating = (body: object): Question => ({
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
