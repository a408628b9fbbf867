import jsonPatch, { type Operation } from 'fast-json-patch';
import { MASK } from './repository-secrets.js';

/** Both sides of a write: the resource as a read answers it before and after, null for none. */
interface Sides {
  readonly before: object | null;
  readonly after: object | null;
  /** JSON pointers of members whose values are masked on both sides, and differ. */
  readonly hidden?: readonly string[];
}

/** As JSON has it, under the empty name, so that the whole can differ too. */
const asJson = (value: object | null): object => ({
  '': JSON.parse(JSON.stringify(value)) as unknown,
});

/** What a write that is only rehearsed would change. The writer notes it, and the door answers it. */
export class Difference {
  private sides: Sides = { before: null, after: null };

  note(sides: Sides): void {
    this.sides = sides;
  }

  /**
   * A JSON Patch (RFC 6902) that makes what would be of what is; empty when nothing would change. A secret that would
   * change is replaced by its mask.
   */
  get patch(): Operation[] {
    const { before, after, hidden = [] } = this.sides;
    const operations = jsonPatch.compare(asJson(before), asJson(after));
    return [
      ...operations.map(({ path, ...operation }) => ({ ...operation, path: path.slice(1) })),
      ...hidden.map((path) => ({ op: 'replace' as const, path, value: MASK })),
    ] as Operation[];
  }
}
