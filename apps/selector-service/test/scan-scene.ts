import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  fleetDeleted,
  type Delivered,
  type MatchedDevice,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { assemble, eventsBy, type Make } from './scene.js';

export type Instance = Awaited<ReturnType<typeof assemble>>;

/** An event that was appended. */
export interface Told {
  readonly causationid: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'selector'): string;
  close(): Promise<void>;
}

interface Harness {
  readonly event: Make<object>;
  handle(...events: Delivered[]): Promise<readonly Told[]>;
  appended(): Promise<readonly Told[]>;
}

/** What only tests may import. */
interface Tools {
  open(): Promise<Database>;
  harness(parts: Database & Instance & { readonly postgres: Postgres }): Harness;
}

export const lyon = { site: 'lyon' };
export const nice = { site: 'nice' };

export const membersOf = (events: readonly Told[]): MatchedDevice[] =>
  events.flatMap(({ data }) => data['members'] as MatchedDevice[]);

/** A database, and an instance on empty tables for each test. */
export class ScanScene {
  private database!: Database;
  postgres!: Postgres;
  one!: Instance;
  harness!: Harness;
  on!: ReturnType<typeof eventsBy<object>>;

  constructor(private readonly tools: Tools) {
    beforeAll(async () => {
      this.database = await tools.open();
      const url = this.database.urlOf('selector');
      this.postgres = await Postgres.open({ url, applicationName: 'test' });
    });
    beforeEach(() => this.clear());
    afterAll(async () => {
      await this.postgres?.close();
      await this.database?.close();
    });
  }

  async clear(): Promise<void> {
    this.one = await assemble(this.postgres);
    const { postgres } = this;
    this.harness = this.tools.harness({ ...this.database, postgres, ...this.one });
    this.on = eventsBy<object>(this.harness.event);
    await this.harness.appended();
  }

  gone(uid: string): Delivered {
    return this.harness.event(fleetDeleted, uid, { name: `f-${uid}` });
  }

  /** Devices that were told already that nobody owns them. */
  async fill(count: number, labels: string, organisation = org): Promise<void> {
    await this.postgres.query(
      `insert into selector.devices (org, device, labels, labels_version, labels_number, matched_labels_version)
       select $1, gen_random_uuid(), $3::jsonb, 1, 1, 1 from generate_series(1, $2::int)`,
      [organisation, count, labels],
    );
  }

  /** How many devices each fleet has. */
  async owners(): Promise<Map<string | null, number>> {
    const rows = await this.postgres.query<{ owner: string | null; count: number }>(
      'select owner, count(*) from selector.devices where not deleted group by owner',
    );
    return new Map(rows.map(({ owner, count }) => [owner, count]));
  }

  async fleetRow(uid: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.postgres.query<Record<string, unknown>>(
      `select scanned_version = version as scanned, scan_walks as walks
       from selector.fleets where fleet = $1`,
      [uid],
    );
    return row;
  }

  async chunks(count: number): Promise<void> {
    for (let chunk = 0; chunk < count; chunk += 1) await this.one.task.scans.once();
  }

  /** The sizes of the chunks in which everything is matched, and the devices that were told something. */
  async scanAll(by = this.one): Promise<{ sizes: number[]; told: MatchedDevice[] }> {
    const sizes: number[] = [];
    const { through, walk } = by.scans;
    const counted = (original: typeof through): typeof through =>
      async function (this: unknown, ...given) {
        const chunk = await original.apply(by.scans, given);
        sizes.push(chunk.devices.length);
        return chunk;
      };
    Object.assign(by.scans, { through: counted(through), walk: counted(walk) });
    await by.scanAll();
    Object.assign(by.scans, { through, walk });
    return { sizes, told: membersOf(await this.harness.appended()) };
  }
}
