import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { DoorScene, type DoorParts } from './door-scene.js';
import { device, fleet } from './manifests.js';
import { giveRollout, type GivenRollout } from './rollout-rows.js';

const TABLES = ['rollouts', 'batches', 'devices', 'held', 'fleets'];

/** A gateway with the fleet `f`, whose template versions are v1 and v2, beside the tables of the rollout service. */
export class RolloutScene {
  readonly door: DoorScene;
  admin!: Postgres;
  fleetUid!: string;
  readonly v1 = newUid();
  readonly v2 = newUid();

  constructor(parts: DoorParts) {
    this.door = new DoorScene(parts);
  }

  async open(): Promise<void> {
    await this.door.open('rollout', 'render');
    this.admin = await Postgres.open({
      url: this.door.database.adminUrl,
      applicationName: 'test',
    });
  }

  /** Begins anew: nothing is rolled out. */
  async renew(): Promise<void> {
    await this.door.clear();
    await this.admin.query('truncate render.devices, render.wants');
    await this.admin.query(`truncate ${TABLES.map((table) => `rollout.${table}`).join()}`);
    await this.door.call('PUT', '/fleets/f', fleet('f'));
    this.fleetUid = await this.uidOf('fleets', 'f');
    await this.admin.query(
      `insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
       values ($1, $2, $4, 'v1', 1, '{}', now()), ($1, $3, $4, 'v2', 2, '{}', now())`,
      [org, this.v1, this.v2, this.fleetUid],
    );
    await this.admin.query('update gateway.fleet_views set template_version = $1', [this.v2]);
    await this.door.appended();
  }

  async close(): Promise<void> {
    await this.admin?.close();
    await this.door.close();
  }

  /** A rollout of v2; resolves with its uid. */
  readonly rollout = (given: Partial<GivenRollout> = {}) =>
    giveRollout(this.admin, { fleet: this.fleetUid, version: this.v2, ...given });

  async deviceNamed(name: string): Promise<string> {
    await this.door.call('PUT', `/devices/${name}`, device(name));
    return this.uidOf('devices', name);
  }

  private async uidOf(table: string, name: string): Promise<string> {
    const rows = await this.admin.query<{ uid: string }>(
      `select uid from gateway.${table} where name = $1`,
      [name],
    );
    return rows[0]!.uid;
  }
}
