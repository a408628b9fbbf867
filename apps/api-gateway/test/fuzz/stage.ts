import { DEFAULT_ORGANISATION as organization, groups, newUid } from '@skein/events';
import { Postgres } from '@skein/postgres';
import type { DoorScene } from '../door-scene.js';
import { device, fleet, repository } from '../manifests.js';
import { giveRollout, type GivenRollout } from '../rollout-rows.js';
import type { Tokens } from '../tokens.js';
import type { FuzzAnswer } from './client.js';
import { holders, type Holder } from './plan.js';

type Loose = ReturnType<typeof JSON.parse>;

const WAITING = `
insert into SERVICE.dead_letters (number, attempts, reason)
select sequence, 1, 'given' from log.sequence where sequence <= 4 on conflict do nothing;
insert into SERVICE.parked (number, reason)
select sequence, 'given' from log.sequence where sequence <= 4 on conflict do nothing`;

const NUMBER = `
insert into log.sequence (sequence, position, type)
select (select coalesce(max(sequence), 0) from log.sequence) + row_number() over (order by position), position, type
from log.events e where not exists (select from log.sequence s where s.position = e.position)`;

/** Things for requests to be about, and what the gateway said of them that later requests say again. */
export class FuzzStage {
  private admin!: Postgres;
  private device = '';
  private made = 0;
  private readonly said = new Map<string, string>([
    ['organization', organization],
    ['altered', Buffer.from('{"kind":"Device","after":{"a":"\\u0000"}}').toString('base64url')],
  ]);

  constructor(
    private readonly door: DoorScene,
    private readonly tokens: Tokens,
  ) {}

  async open(): Promise<void> {
    for (const role of holders) {
      if (role !== 'device') this.tokens.give(role, { role, organization });
    }
    this.tokens.give('system', { role: 'admin', organization: '*' }).write();
    const settings = {
      SKEIN_AUTHENTICATION: 'tokens',
      SKEIN_ACCESS_FILE: this.tokens.file,
      SKEIN_LONG_POLL_MS: '1',
    };
    await this.door.openWith(settings, ...groups.filter((group) => group !== 'gateway'));
    const { adminUrl: url } = this.door.database;
    this.admin = await Postgres.open({ url, applicationName: 'test' });
  }

  async close(): Promise<void> {
    await this.admin?.close();
    await this.door.close();
  }

  /** As the administrator of all organisations. */
  readonly call = (method: string, path: string, body?: unknown) =>
    this.door.call(method, path, body, this.tokens.of('system'));

  /** Makes what an operation needs, whatever the one before has left. */
  async set(rollout: Partial<GivenRollout> = {}): Promise<void> {
    for (const number of [0, 1, 2]) {
      await this.call('PUT', `/devices/d${number}`, device(`d${number}`));
      await this.call('PUT', `/fleets/f${number}`, fleet(`f${number}`));
      await this.call('PUT', `/repositories/r${number}`, repository(`r${number}`));
    }
    await this.giveTokens();
    await this.giveRows(rollout);
  }

  private async giveTokens(): Promise<void> {
    await this.admin.query('delete from gateway.device_tokens');
    const { body } = await this.call('POST', '/devices/d0/tokens');
    this.device = body.token;
    const other = (await this.call('POST', '/devices/d1/tokens')).body;
    this.said.set('token', other.metadata.name);
  }

  private async giveRows(rollout: Partial<GivenRollout>): Promise<void> {
    const rows = await this.admin.query<{ uid: string; name: string }>(
      `select uid, name from gateway.fleets where name in ('f0', 'f1', 'f2') order by name`,
    );
    const version = newUid();
    for (const { uid } of rows)
      await this.giveVersion(uid, uid === rows[0]!.uid ? version : newUid());
    const fleetUid = rows[0]!.uid;
    const tables = ['rollouts', 'batches', 'devices', 'held', 'fleets'];
    await this.admin.query(`truncate ${tables.map((table) => `rollout.${table}`).join()}`);
    const given = { ...rollout, fleet: fleetUid, version };
    this.said.set('rollout', await giveRollout(this.admin, given));
    await this.number();
    for (const service of ['selector', 'render']) {
      for (const sql of WAITING.replaceAll('SERVICE', service).split(';'))
        await this.admin.query(sql);
    }
  }

  private async giveVersion(fleetUid: string, version: string): Promise<void> {
    await this.admin.query(
      `insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
       select $1, $2, $3, 'v1', 1, '{}', now()
       where not exists (select from gateway.template_versions where fleet = $3)`,
      [organization, version, fleetUid],
    );
    await this.admin.query(
      `update gateway.fleet_views v set template_version = t.uid
       from gateway.template_versions t where t.fleet = v.uid and v.uid = $1`,
      [fleetUid],
    );
  }

  /** Numbers what was appended, as the replayer does. */
  readonly number = () => this.admin.query(NUMBER);

  authorizationOf(holder: Holder): string | undefined {
    if (holder === 'none') return undefined;
    if (holder === 'garbage') return 'Bearer \u00ff\u0080';
    if (holder === 'device') return `Bearer ${this.device}`;
    return this.tokens.of(holder)['authorization'];
  }

  /** Keeps what later requests may say again. */
  note({ headers, text, status }: FuzzAnswer): void {
    if (status >= 300) return;
    if (headers['etag']) this.said.set('etag', String(headers['etag']));
    const found = /"continue":"([^"]+)"/.exec(text)?.[1];
    if (found) this.said.set('continue', found);
    const position = /"metadata":\{[^{}]*"resourceVersion":"([^"]+)"/.exec(text)?.[1];
    if (position) this.said.set('position', position);
  }

  readonly resolve = (text: string): string =>
    text.replaceAll(/@(\w+)/g, (word, name: string) => this.said.get(name) ?? word);

  readonly fresh = (): string => {
    this.made += 1;
    return `made-${this.made}`;
  };

  /** Subjects whose versions in the log have a gap, and resources that are not at their last version. */
  async inconsistencies(): Promise<Loose[]> {
    return this.admin.query(
      `select kind, subject, count(*), max(version) from log.events
       group by org, kind, subject having count(*) <> max(version) or min(version) <> 1
       union all
       select 'Device', uid, 0, version from gateway.devices d where version <>
         (select max(version) from log.events e where e.subject = d.uid and e.kind = 'Device')
       union all
       select 'Fleet', uid, 0, version from gateway.fleets d where version <>
         (select max(version) from log.events e where e.subject = d.uid and e.kind = 'Fleet')`,
    );
  }
}
