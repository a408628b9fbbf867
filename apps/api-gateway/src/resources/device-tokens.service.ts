import { Injectable } from '@nestjs/common';
import { API_VERSION, type DeviceToken, type DeviceTokenList } from '@skein/api';
import { deviceTokenIssued, deviceTokenRevoked, newUid } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { newDeviceToken } from '../rights/device-token.js';
import { attempt } from './attempt.js';
import { originOf, type Caller } from './caller.js';
import { OrganisationDatabases } from './organisation-database.js';
import { RefusedRequest } from './refused-request.js';

interface Row {
  readonly id: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** Enough to change one without a gap, and no heap. */
const MOST = 10;

const DEVICE = 'select uid from gateway.devices where org = $1 and name = $2';
const TOKENS = `
select id, created_at as "createdAt", created_by as "createdBy"
from gateway.device_tokens where org = $1 and device = $2 order by created_at, id`;
const INSERT = `
insert into gateway.device_tokens (org, digest, id, device, created_by) values ($1, $2, $3, $4, $5)
returning id, created_at as "createdAt", created_by as "createdBy"`;
const DELETE =
  'delete from gateway.device_tokens where org = $1 and device = $2 and id = $3 returning id';
const GROW = 'update gateway.devices set version = version + 1 where org = $1 and uid = $2';

function present(device: string, { id, createdAt, createdBy }: Row): DeviceToken {
  return {
    apiVersion: API_VERSION,
    kind: 'DeviceToken',
    metadata: { name: id, creationTimestamp: createdAt.toISOString() },
    spec: { device, createdBy },
  };
}

/** The tokens of devices: who made them, and when. What they are is shown once, to who asked for them. */
@Injectable()
export class DeviceTokensService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  async list({ org }: Caller, name: string): Promise<DeviceTokenList> {
    const [device] = await this.organisations.of(org).query<{ uid: string }>(DEVICE, [org, name]);
    if (!device) throw RefusedRequest.notFound('Device', name);
    const rows = await this.organisations.of(org).query<Row>(TOKENS, [org, device.uid]);
    const items = rows.map((row) => present(name, row));
    return { apiVersion: API_VERSION, kind: 'DeviceTokenList', metadata: {}, items };
  }

  /** A new one, beside those that there are. */
  issue(caller: Caller, name: string): Promise<DeviceToken> {
    const { org, actor } = caller;
    const { token, digest } = newDeviceToken(org);
    const id = newUid();
    return this.change(caller, name, deviceTokenIssued, async (transaction, uid) => {
      const rows = await transaction.query<Row>(TOKENS, [org, uid]);
      if (rows.length >= MOST) {
        const message = `Device ${name} has ${MOST} tokens, and may have no more: revoke one`;
        throw new RefusedRequest('conflict', message);
      }
      const [row] = await transaction.query<Row>(INSERT, [org, digest, id, uid, actor]);
      return { id, result: { ...present(name, row!), token } };
    });
  }

  /** From now on it is worth nothing. */
  revoke(caller: Caller, name: string, id: string): Promise<void> {
    return this.change(caller, name, deviceTokenRevoked, async (transaction, uid) => {
      const known = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
      const rows = known ? await transaction.query(DELETE, [caller.org, uid, id]) : [];
      if (rows.length === 0) throw RefusedRequest.notFound('DeviceToken', id);
      return { id, result: undefined };
    });
  }

  private change<Result>(
    caller: Caller,
    name: string,
    definition: typeof deviceTokenIssued,
    work: (transaction: Transaction, uid: string) => Promise<{ id: string; result: Result }>,
  ): Promise<Result> {
    const { org } = caller;
    return attempt(() =>
      this.organisations.of(org).commit(async (transaction) => {
        const locked = `${DEVICE} for no key update`;
        const [device] = await transaction.query<{ uid: string }>(locked, [org, name]);
        if (!device) throw RefusedRequest.notFound('Device', name);
        const { id, result } = await work(transaction, device.uid);
        await transaction.query(GROW, [org, device.uid]);
        const said = { definition, org, subject: device.uid, data: { token: id } };
        return { events: [{ ...said, origin: originOf(caller) }], result: () => result };
      }),
    );
  }
}
