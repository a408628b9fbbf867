import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DEFAULT_ORGANISATION as org,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  fleetValidated,
  newUid,
  templateVersionCreated,
  type Delivered,
  type EventDefinition,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { UNIT_OF_WORK, type UnitOfWork } from '@skein/stream';
import { GatewayConsumer } from '../src/gateway.consumer.js';
import { DoorScene, type DoorParts } from './door-scene.js';
import { apiVersion, device } from './manifests.js';

/** The parts of a gateway that are driven with events. */
export const hearingOf = (app: NestFastifyApplication) => ({
  postgres: app.get(Postgres),
  consumer: app.get(GatewayConsumer),
  unit: app.get<UnitOfWork>(UNIT_OF_WORK),
});

interface Harness {
  event<Data>(definition: EventDefinition<Data>, subject: string, data: Data): Delivered<Data>;
  appended(): Promise<unknown>;
}

type Hearing = ReturnType<typeof hearingOf> & { readonly adminUrl: string };

interface ViewParts<Own extends Harness> extends DoorParts {
  readonly consumerHarness: (hearing: Hearing) => Own;
}

/** A gateway with the device `d` and the fleet `f`, and the events that it hears of them. */
export class ViewScene<Own extends Harness> extends DoorScene {
  /** The uid of the template version that the events are about when they name no other. */
  readonly version = newUid();
  private readonly newHarness: ViewParts<Own>['consumerHarness'];
  private harness!: Own;
  private device!: string;
  private fleet!: string;

  constructor({ consumerHarness, ...door }: ViewParts<Own>) {
    super(door);
    this.newHarness = consumerHarness;
  }

  /** Begins anew; resolves with what drives the gateway and the uid of the fleet. */
  async renew(): Promise<{ harness: Own; fleet: string }> {
    await this.empty('fleets', 'devices', 'inbox');
    await this.call('PUT', '/devices/d', device('d'));
    const spec = { template: { spec: {} } };
    await this.call('PUT', '/fleets/f', {
      apiVersion,
      kind: 'Fleet',
      metadata: { name: 'f' },
      spec,
    });
    this.device = await this.uidOf('devices', 'd');
    this.fleet = await this.uidOf('fleets', 'f');
    this.harness = this.newHarness({ ...this.database, ...hearingOf(this.app) });
    await this.harness.appended();
    return { harness: this.harness, fleet: this.fleet };
  }

  private async uidOf(table: string, name: string): Promise<string> {
    const [row] = await this.postgres.query<{ uid: string }>(
      `select uid from gateway.${table} where name = $1`,
      [name],
    );
    return row!.uid;
  }

  /** The device as the API shows it. */
  readonly read = async () => (await this.call('GET', '/devices/d')).body;

  readonly matched = (owner: string | null, multipleOwners: string[] = []) => {
    const members = [{ device: this.device, owner, labelsVersion: 1, multipleOwners }];
    return this.harness.event(devicesMatched, org, { members });
  };

  readonly minted = (uid = this.version, name = 'f-1', generation = 1) => {
    const content = { spec: { config: [] }, frozen: {} };
    const data = { name, fleet: this.fleet, generation, ...content };
    return this.harness.event(templateVersionCreated, uid, data);
  };

  readonly selected = (templateVersion = this.version) => {
    const { device, fleet } = this;
    const data = { fleet, templateVersion, batch: null, members: [{ device }] };
    return this.harness.event(devicesSelected, fleet, data);
  };

  readonly rendered = (renderedVersion: number, templateVersion: string | null) => {
    const { device, fleet } = this;
    const members = [{ device, renderedVersion, digest: 'sha256:none', size: 1 }];
    return this.harness.event(devicesRendered, fleet, { templateVersion, members });
  };

  readonly failed = (message: string) => {
    const { device, fleet, version } = this;
    const data = { templateVersion: version, members: [{ device, message }] };
    return this.harness.event(devicesFailed, fleet, data);
  };

  readonly validated = (valid: boolean) => {
    const reason = valid ? 'Valid' : 'Invalid';
    const data = { generation: 1, valid, reason, message: 'm' };
    return this.harness.event(fleetValidated, this.fleet, data);
  };
}
