/** What the gateway acknowledged, so that it can be held to it. */
import type { FuzzAnswer } from './client.js';
import type { FuzzRequest } from './plan.js';

type Loose = ReturnType<typeof JSON.parse>;

const RESOURCE = /^\/api\/v1\/(devices|fleets|repositories)(?:\/([^/?]+))?(?:\?|$)/;

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** What its owner wrote of it, and which one it is. */
const partOf = ({ metadata: { uid, labels, generation }, spec }: Loose) =>
  JSON.stringify({ uid, labels: sorted(labels), generation, spec });

const sorted = (labels: object = {}) => Object.entries(labels).sort();

export class Ledger {
  /** By path; null: it was deleted. */
  private readonly last = new Map<string, string | null>();

  note(request: FuzzRequest, { status, text }: FuzzAnswer): void {
    const { method, target } = request;
    const [, collection, name = ''] = RESOURCE.exec(target) ?? [];
    const isDone = WRITES.includes(method) && status < 300 && !target.includes('dryRun');
    if (!collection || !isDone) return;
    if (method === 'DELETE') this.last.set(`${collection}/${decodeURIComponent(name)}`, null);
    else this.save(collection, request, JSON.parse(text));
  }

  private save(collection: string, { method, headers }: FuzzRequest, body: Loose): void {
    const path = `${collection}/${body.metadata.name}`;
    // A creation that was asked for again is answered as it was then.
    const mayRepeat = method === 'POST' && headers['idempotency-key'] !== undefined;
    if (!mayRepeat || !this.last.has(path)) this.last.set(path, partOf(body));
  }

  /** @param read answers what is there at a path */
  async lost(read: (path: string) => Promise<{ code: number; body: Loose }>): Promise<string[]> {
    const lost: string[] = [];
    for (const [path, said] of this.last) {
      const { code, body } = await read(path);
      const found = code === 200 ? partOf(body) : null;
      if (found !== said) lost.push(`${path}: acknowledged ${said}, found ${code} ${found}`);
    }
    return lost;
  }
}
