import type pg from 'pg';
import { call } from './call.js';
import type { Door, Doors } from './doors.js';
import { nameOf, requestOf, type LoadName } from './loads.js';
import { requireEqual } from './same-answers.js';

/** What each row says but for ids, times and names. */
const ROWS = `
with made as (select * from gateway.devices where name like $1)
select
  (select json_agg(json_build_array(labels, spec, generation, version)) from made) as devices,
  (select count(*) from gateway.device_views natural join made) as views,
  (select count(*) from gateway.presence natural join made) as presence,
  (select json_agg(json_build_array(repository, kind)) from gateway.repository_users u
   natural join (select org, uid from made) m) as users,
  (select json_agg(json_build_array(s.kind, s.version)) from log.subjects s
   join made on made.org = s.org and made.uid = s.subject) as subjects,
  (select json_agg(json_build_array(e.kind, e.version, e.type, e.source, e.actor, e.sourceaddress,
                                    e.requestid is null, e.traceparent is null, e.data::jsonb - 'name')
                   order by e.position)
   from log.events e join made on made.org = e.org and made.uid = e.subject) as events`;

/** What the same requests leave behind at one door. */
async function left(door: Door, pool: pg.Pool, prefix: string): Promise<unknown> {
  const load = { devices: 1, from: 0, count: 1, prefix };
  const send = async (part: LoadName, path?: string) => {
    const request = requestOf({ ...load, part }, 0);
    const body: unknown = JSON.parse(request.body!);
    const { status } = await call(door, { ...request, body, ...(path !== undefined && { path }) });
    if (status >= 300) throw new Error(`${part} at ${door.name}: ${status}`);
  };
  await send('create');
  await send('patch', `/api/v1/devices/${nameOf(prefix, 0)}`);
  return (await pool.query<object>(ROWS, [`${prefix}-%`])).rows[0];
}

/** @throws when the same requests leave other rows than those of Skein: then it writes something else */
export async function requireSameRows({ skein, bare, pool }: Doors): Promise<void> {
  const [one, other] = [await left(skein, pool, 'rows-a'), await left(bare, pool, 'rows-b')];
  requireEqual('the rows', one, other);
}
