import { catalogue } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** The small numbers that stand for event types in the log. */
export class EventTypes {
  private constructor(
    private readonly ids: ReadonlyMap<string, number>,
    private readonly names: ReadonlyMap<number, string>,
  ) {}

  /** Registers the types that this build knows and reads them all. */
  static async load(database: Queryable): Promise<EventTypes> {
    const rows = await database.query<{ id: number; name: string }>(
      'select id, name from log.register_types($1)',
      [[...catalogue.keys()]],
    );
    return new EventTypes(
      new Map(rows.map(({ id, name }) => [name, id])),
      new Map(rows.map(({ id, name }) => [id, name])),
    );
  }

  idOf(type: string): number {
    const id = this.ids.get(type);
    if (id === undefined) throw new Error(`${type} is not in the catalogue of libs/events`);
    return id;
  }

  /** Undefined for a type that a newer build registered after this one read them. */
  nameOf(id: number): string | undefined {
    return this.names.get(id);
  }
}
