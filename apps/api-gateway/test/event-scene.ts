import {
  catalogue,
  DEFAULT_ORGANISATION,
  newUid,
  speakers,
  type EventDefinition,
  type Group,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { DoorScene } from './door-scene.js';

type Loose = ReturnType<typeof JSON.parse>;

interface Saying {
  readonly org?: string;
  readonly actor?: string;
  readonly id?: string;
}

const PUT = `
insert into log.events (id, org, kind, subject, version, type, source, data, actor)
select $1, $2, $3, $4, 1, t.id, $6, $7::json, $8 from log.types t where t.name = $5`;

const NUMBER = `
insert into log.sequence (sequence, position, type)
select (select coalesce(max(sequence), 0) from log.sequence) + row_number() over (order by position), position, type
from log.events e where not exists (select from log.sequence s where s.position = e.position)`;

/** A gateway at whose door events are read, and a log that a test writes as all services would. */
export class EventScene extends DoorScene {
  admin!: Postgres;

  override async openWith(
    settings: Readonly<Record<string, string>>,
    ...others: Group[]
  ): Promise<void> {
    await super.openWith(settings, ...others);
    const { adminUrl: url } = this.database;
    this.admin = await Postgres.open({ url, applicationName: 'test' });
  }

  override async close(): Promise<void> {
    await this.admin?.close();
    await super.close();
  }

  override async clear(): Promise<void> {
    await super.clear();
    await this.admin.query('truncate log.events, log.sequence, gateway.names');
  }

  /** The service that speaks of it says an event. Resolves with its id. */
  readonly say = async <Data>(
    definition: EventDefinition<Data>,
    subject: string,
    data: Data,
    { org = DEFAULT_ORGANISATION, actor, id = newUid() }: Saying = {},
  ): Promise<string> => {
    const { kind, type } = definition;
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const source = `/${speakers[kind]}`;
    await this.admin.query(PUT, [id, org, kind, subject, type, source, text, actor ?? null]);
    return id;
  };

  /** An event as a golden sample has it, with an id of its own. */
  readonly repeat = ({ type, subject, data }: Loose): Promise<string> =>
    this.say(catalogue.get(type)!, subject, data);

  /** Notes a name, as whoever wrote or heard of the thing did. Resolves with its uid. */
  readonly named = async (
    kind: string,
    name: string,
    { uid = newUid(), org = DEFAULT_ORGANISATION } = {},
  ): Promise<string> => {
    const row = [org, uid, kind, name];
    await this.admin.query(
      'insert into gateway.names (org, uid, kind, name) values ($1, $2, $3, $4)',
      row,
    );
    return uid;
  };

  /** Numbers what was appended, as the replayer does. */
  readonly number = async (): Promise<void> => {
    await this.admin.query(NUMBER);
  };

  /** What the list of events answers. */
  readonly list = async (query: Record<string, string | number> = {}): Promise<Loose> => {
    const texts = Object.entries(query).map(([key, value]) => [key, String(value)] as const);
    const text = new URLSearchParams(Object.fromEntries(texts));
    return (await this.call('GET', `/events?${text.toString()}`)).body;
  };

  /** The history of one thing, oldest first. */
  readonly history = async (kind: string, name: string): Promise<Loose[]> => {
    const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
    return (await this.list({ fieldSelector, order: 'asc', limit: 1_000 })).items;
  };

  /** All pages of a list; `between` runs before each page but the first. */
  readonly pages = async (
    query: Record<string, string | number>,
    between: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Loose[][]> => {
    const pages: Loose[][] = [];
    let token: string | undefined;
    do {
      if (token) await between();
      const body = await this.list({ ...query, ...(token && { continue: token }) });
      pages.push(body.items);
      token = body.metadata.continue;
    } while (token);
    return pages;
  };
}
