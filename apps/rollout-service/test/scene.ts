/** The service against a real PostgreSQL, without streams: events go in, and what it says comes out. */
import { ConsumerLog, EventLog } from '@skein/event-log';
import { newUid, type Delivered, type JsonObject, type Labels } from '@skein/events';
import type { RolloutPolicy } from '@skein/domain-resource';
import { Postgres } from '@skein/postgres';
import { BatchUnit, Timers, type Task } from '@skein/task';
import { FleetLocks } from '../src/fleet-locks.js';
import { Requests } from '../src/requests.js';
import { RolloutConsumer } from '../src/rollout.consumer.js';
import { RolloutSweep } from '../src/rollout.sweep.js';
import type { RolloutTask } from '../src/rollout.task.js';
import { RolloutView } from '../src/rollout.view.js';
import { SelectionLoop } from '../src/selection-loop.js';
import { SelectionSignal } from '../src/selection-signal.js';
import { given, newTask, settleAll } from './given.js';

const TABLES = [
  ...['devices', 'fleets', 'rollouts', 'batches', 'inbox', 'timers', 'held', 'groups'],
  'organisations',
];
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An event that the service appended. */
export interface Said {
  readonly type: string;
  readonly subject: string;
  readonly version: number;
  readonly causationid: string | null;
  readonly data: JsonObject;
}

interface Database {
  readonly adminUrl: string;
  urlOf(room: 'rollout'): string;
  close(): Promise<void>;
}

export interface Harness {
  event: Parameters<typeof given>[0];
  handle(...events: Delivered[]): Promise<Said[]>;
  sideBySide(
    task: Pick<Task, 'perform'>,
    first: readonly Delivered[],
    second: readonly Delivered[],
  ): Promise<Said[]>;
  appended(): Promise<Said[]>;
}

interface HarnessParts {
  readonly postgres: Postgres;
  readonly adminUrl: string;
  readonly consumer: object;
  readonly unit: BatchUnit;
}

/** What the rooms for tests lend, which only a test may import. */
export interface Proof {
  migratedDatabase(rooms: 'rollout'[]): Promise<Database>;
  consumerHarness(parts: HarnessParts): Harness;
}

export const uids = (count: number) => Array.from({ length: count }, () => newUid()).sort();

export class Scene {
  unit!: BatchUnit;
  task!: RolloutTask;
  harness!: Harness;
  on!: ReturnType<typeof given>;
  loop!: SelectionLoop;
  readonly timers = new Timers('rollout', new FleetLocks());

  private constructor(
    private readonly proof: Proof,
    private readonly database: Database,
    readonly postgres: Postgres,
    readonly admin: Postgres,
  ) {}

  static async open(proof: Proof): Promise<Scene> {
    const database = await proof.migratedDatabase(['rollout']);
    const url = database.urlOf('rollout');
    const postgres = await Postgres.open({ url, applicationName: 'test' });
    const admin = await Postgres.open({ url: database.adminUrl, applicationName: 'admin' });
    await admin.query(
      `insert into log.checkpoints (service, partition, number) values ('rollout', 0, 0)
       on conflict do nothing`,
    );
    return new Scene(proof, database, postgres, admin);
  }

  /** Nothing has happened yet. */
  async reset(): Promise<void> {
    for (const table of TABLES) await this.postgres.query(`delete from rollout.${table}`);
    await this.quiet(`'-infinity'`);
    const log = await EventLog.open(this.postgres, 'rollout', () => undefined);
    const signal = new SelectionSignal();
    this.task = newTask(signal);
    const settings = { retryLimit: 1, retryBaseMs: 1 };
    this.unit = new BatchUnit(log, new ConsumerLog(this.postgres, 'rollout'), this.task, settings);
    this.loop = new SelectionLoop(this.unit, signal, silent);
    const { database, postgres, unit } = this;
    const consumer = new RolloutConsumer(new RolloutView(), new Requests());
    const { adminUrl } = database;
    this.harness = this.proof.consumerHarness({ adminUrl, postgres, consumer, unit });
    this.on = given(this.harness.event);
    await this.harness.appended();
  }

  async close(): Promise<void> {
    await this.postgres.close();
    await this.admin.close();
    await this.database.close();
  }

  /** Handles events, and then all that the service said to itself. */
  settle(...events: Delivered[]) {
    return settleAll(this.harness, this.on, events);
  }

  handle(...events: Delivered[]) {
    return this.harness.handle(...events);
  }

  /** A fleet with these devices, of which each has the labels that its place says. */
  members(
    fleet: string,
    policy: RolloutPolicy | null,
    devices: readonly string[],
    labels: (place: number) => Labels = () => ({}),
  ): Delivered[] {
    const { on } = this;
    const created = devices.map((uid, place) => on.device(uid, labels(place)));
    return [on.fleet(fleet, policy), ...created, on.matched([...devices], fleet)];
  }

  /** A rollout of the version to so many devices of the fleet; answers with its uid, the devices and what was said. */
  async rolling(
    { fleet, version }: { readonly fleet: string; readonly version: string },
    policy: RolloutPolicy | null,
    count = 4,
  ) {
    const devices = uids(count);
    const { on } = this;
    const said = await this.settle(
      ...this.members(fleet, policy, devices),
      on.version(version, fleet),
    );
    return { devices, rollout: said[0]!.subject, said };
  }

  /** What is shown of the latest rollout. */
  shown(columns: string) {
    return this.row(`select ${columns} from rollout.shown_rollouts where latest`);
  }

  /** The devices run the first document of the version. */
  updated(version: string, ...devices: string[]): Delivered[] {
    const { on } = this;
    return [on.rendered(devices, version), ...devices.map((uid) => on.reported(uid, 1))];
  }

  /** Runs the sweep: what it found, and what was said. */
  async sweep() {
    let found = 0;
    await this.unit.sweep(async (batch) => {
      await new RolloutSweep().find(batch);
      found = batch.size;
    });
    return { found, said: await this.harness.appended() };
  }

  /** Lets the loop select until it has nothing more to do. */
  async selectOn() {
    while ((await this.loop.once()) > 0);
    return this.harness.appended();
  }

  /** So much time goes by for the devices that are on their way. */
  async later(interval: string): Promise<void> {
    const moved = [
      `update rollout.devices set due_at = due_at - interval '${interval}'`,
      `update rollout.fleets set timer_due = timer_due - interval '${interval}'`,
      `update rollout.timers set due = due - interval '${interval}'`,
    ];
    for (const statement of moved) await this.postgres.query(statement);
  }

  /** Rings the timers that are due, when all that was committed by now was handled. */
  async ring() {
    await this.quiet('now()');
    await this.timers.settle(this.postgres);
    await this.unit.sweep((batch) => this.timers.ring(batch));
    return this.harness.appended();
  }

  /** Rings until no timer is due: devices that were selected in different seconds have times of their own. */
  async ringAll() {
    const all: Said[] = [];
    while (await this.row('select from rollout.timers where due < now()')) {
      all.push(...(await this.ring()));
    }
    return all;
  }

  /** One row of a table or view as it is now. */
  async row(statement: string): Promise<Record<string, unknown> | undefined> {
    const rows = await this.postgres.query<Record<string, unknown>>(statement);
    return rows[0];
  }

  private async quiet(began: string): Promise<void> {
    await this.admin.query(`update log.quiet_round set began_at = ${began}, last_number = 0`);
  }
}
