import { Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { Batched } from '../resources/batched.js';
import { readDeviceToken, type DeviceTokenKey } from './device-token.js';
import type { Identity } from './identity.js';

interface Holder {
  readonly org: string;
  readonly uid: string | null;
  readonly name: string;
}

const HOLDERS = `
select k.org, d.uid, d.name
from unnest($1::uuid[], $2::bytea[]) with ordinality as k (org, digest, place)
left join gateway.device_tokens t on t.org = k.org and t.digest = k.digest
left join gateway.devices d on d.org = t.org and d.uid = t.device
order by k.place`;

/** Which device holds a token. Nothing is remembered: a token that is revoked is worth nothing at once. */
@Injectable()
export class DeviceTokens {
  private readonly holders: Batched<DeviceTokenKey, Holder>;

  constructor(postgres: Postgres) {
    this.holders = new Batched((keys) =>
      postgres.query<Holder>(HOLDERS, [
        keys.map(({ org }) => org),
        keys.map(({ digest }) => digest),
      ]),
    );
  }

  /** Undefined for what is no token of a device, or of none any more. */
  async holderOf(text: string): Promise<Identity | undefined> {
    const key = readDeviceToken(text);
    if (!key) return undefined;
    const { org, uid, name } = await this.holders.get(key);
    if (uid === null) return undefined;
    const grant = { role: 'device', organization: org, device: uid } as const;
    return { name: `device/${name}`, grants: [grant] };
  }
}
