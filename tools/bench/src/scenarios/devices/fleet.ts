import { createHash, randomUUID } from 'node:crypto';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import type pg from 'pg';
import { digestOf, nameOf, tokenOf } from './tokens.js';

/** About as long as the document of a device with some files. */
const DOCUMENT = Buffer.from(
  JSON.stringify({
    os: { image: 'quay.io/example/os:1' },
    config: [{ name: 'motd', inline: [{ path: '/etc/motd', content: 'x'.repeat(1_000) }] }],
  }),
);
export const DOCUMENT_SIZE = DOCUMENT.length;
export const DOCUMENT_DIGEST = `sha256:${createHash('sha256').update(DOCUMENT).digest('hex')}`;

/** What all devices say that they run. */
export const STATUS = {
  config: { renderedVersion: '1' },
  updated: { status: 'UpToDate' },
  os: { image: 'quay.io/example/os:1', imageDigest: 'sha256:1' },
  summary: { status: 'Online' },
  resources: { cpu: 'Healthy', memory: 'Healthy', disk: 'Healthy' },
  systemInfo: {
    ...{ architecture: 'amd64', bootID: 'b', operatingSystem: 'linux', agentVersion: '1' },
  },
};

const CONTENT = 'insert into blobs.contents (org, digest, size, content) values ($1, $2, $3, $4)';

/** As if each had been made through the API, had its first document, and had reported it. */
const DEVICES = `
with made as (
  insert into gateway.devices (org, uid, name, labels, generation, version)
  select $1, uid, name, '{}', 1, 1 from unnest($2::uuid[], $3::text[]) as d (uid, name)
), viewed as (
  insert into gateway.device_views (org, uid, rendered_version, rendered_digest)
  select $1, uid, 1, $5 from unnest($2::uuid[]) uid
), reported as (
  insert into gateway.device_statuses (org, uid, rendered_version, updated, status, last_seen)
  select $1, uid, 1, 'UpToDate', $6::json, now() from unnest($2::uuid[]) uid
), present as (
  insert into gateway.presence (org, uid) select $1, uid from unnest($2::uuid[]) uid
)
insert into gateway.device_tokens (org, digest, id, device, created_by)
select $1, digest, gen_random_uuid(), uid, 'bench'
from unnest($2::uuid[], $4::bytea[]) as t (uid, digest)`;

const AT_ONCE = 1_000;

/** Makes devices with a token each. Resolves with their uids. */
export async function makeDevices(pool: pg.Pool, seed: string, count: number): Promise<string[]> {
  await pool.query(CONTENT, [org, DOCUMENT_DIGEST, DOCUMENT_SIZE, DOCUMENT]);
  const uids = Array.from({ length: count }, () => randomUUID());
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = uids.slice(from, from + AT_ONCE);
    const devices = some.map((_uid, index) => from + index);
    await pool.query(DEVICES, [
      ...[org, some, devices.map(nameOf)],
      ...[devices.map((device) => digestOf(tokenOf(org, seed, device)))],
      ...[DOCUMENT_DIGEST, JSON.stringify(STATUS)],
    ]);
  }
  await pool.query('vacuum analyze');
  return uids;
}
