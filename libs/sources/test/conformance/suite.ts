import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Source } from '../../src/source.js';
import { RIGHT, WRONG } from './rig.js';
import type { Rig } from './rig.js';

type GivenRig = () => Rig;

/** What every kind of source promises, tried on a real server of it. */
export function sourceConformance(start: () => Promise<Rig>): void {
  let rig: Rig;
  beforeAll(async () => {
    rig = await start();
    rig.put('one');
  });
  afterAll(() => rig.close());
  answers(() => rig);
  refusals(() => rig);
  ends(() => rig);
}

function answers(rig: GivenRig): void {
  it('gives the content, in a revision that changes when it does and only then', async () => {
    const sources = rig().sources();
    const first = await content(rig(), sources);
    expect(first[1]).toEqual([[rig().path, 0o644, 'one']]);
    expect(await content(rig(), sources)).toEqual(first);
    const put = rig().put('two');
    const revision = typeof put === 'string' ? put : expect.stringMatching(put);
    const second = await content(rig(), sources);
    expect(second).toEqual([revision, [[rig().path, 0o644, 'two']]]);
    expect(second[0]).not.toBe(first[0]);
  });

  it('makes one of fetches of the same', async () => {
    const served = () => rig().served?.() ?? 0;
    const before = served();
    await rig().sources().fetch(rig().request());
    const once = served() - before;
    const sources = rig().sources();
    const visit = {};
    const all = [1, 2, 3].map(() => sources.fetch(rig().request(), undefined, visit));
    expect(new Set(await Promise.all(all)).size).toBe(1);
    expect(served() - before).toBe(2 * once);
  });
}

function refusals(rig: GivenRig): void {
  it('says that something is not there', async () => {
    const error = await failure(rig().sources().fetch(rig().missing()));
    expect(error).toMatchObject({ name: 'SourceError', code: 'not-found', retryable: false });
  });

  it('says that something may not be read', async () => {
    const error = await failure(rig().sources().fetch(rig().forbidden()));
    const { forbiddenCode: code } = rig();
    expect(error).toMatchObject({ name: 'SourceError', code, retryable: false });
  });

  it('gives nothing that is larger than the limit', async () => {
    const error = await failure(rig().sources({ bytes: 2 }).fetch(rig().request()));
    expect(error).toMatchObject({ name: 'SourceError', code: 'too-large', retryable: false });
  });
}

function ends(rig: GivenRig): void {
  it('ends with the time', () =>
    held(rig(), async () => {
      const time = rig().hold ? 300 : 1;
      const sources = rig().sources({ gitTime: time, httpTime: time });
      const error = await failure(sources.fetch(rig().request()));
      expect(error).toMatchObject({ name: 'SourceError', code: 'timed-out', retryable: true });
    }));

  it('ends with the signal, for its reason', () =>
    held(rig(), async () => {
      const controller = new AbortController();
      const fetched = rig().sources().fetch(rig().request(), controller.signal);
      const gone = new Error('gone');
      setTimeout(() => controller.abort(gone), rig().hold ? 100 : 0);
      expect(await failure(fetched)).toBe(gone);
    }));
}

async function content(rig: Rig, sources: Source) {
  const { revision, files } = await sources.fetch(rig.request());
  const told = files.map((file) => [file.path, file.mode, file.content.toString()]);
  return [revision, told] as const;
}

/** The error of the fetch; whatever it is, it tells no secret. */
async function failure(fetched: Promise<unknown>): Promise<unknown> {
  const error = await fetched.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason as Error,
  );
  const { message, stack, cause, ...own } = error;
  const told = `${message} ${stack} ${JSON.stringify(own)} ${String(cause)}`;
  for (const secret of [RIGHT, WRONG])
    for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, -3)])
      expect(told).not.toContain(form);
  return error;
}

async function held(rig: Rig, work: () => Promise<void>): Promise<void> {
  const gate = Promise.withResolvers<void>();
  rig.hold?.(gate.promise);
  try {
    await work();
  } finally {
    gate.resolve();
    rig.hold?.(Promise.resolve());
  }
}
