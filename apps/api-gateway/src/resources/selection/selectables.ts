import { DEVICE_STATUSES } from '../device-statuses.js';
import type { Field, Selectable } from './field.js';

const text = (sql: string): Field => ({ type: 'text', sql });

/** Times are shown in milliseconds, and compared so. */
const time = (sql: string): Field => ({ type: 'time', sql: `date_trunc('milliseconds', ${sql})` });

const metadata = {
  'metadata.name': text('r.name'),
  'metadata.creationTimestamp': time('r.created_at'),
  'metadata.generation': { type: 'number', sql: 'r.generation' },
} as const;

const labels = 'r.labels';

export const devices: Selectable = {
  kind: 'Device',
  labels,
  indexedLabels: `jsonb_set('{}', array[r.org::text], r.labels)`,
  fields: {
    ...metadata,
    'metadata.owner': { type: 'text', sql: 'f.name', prefix: 'Fleet/' },
    'status.summary.status': text(DEVICE_STATUSES.summary),
    'status.updated.status': text(DEVICE_STATUSES.updated),
    'status.lifecycle.status': text(DEVICE_STATUSES.lifecycle),
    'status.applicationsSummary.status': text(DEVICE_STATUSES.application),
    'status.lastSeen': time('s.last_seen'),
  },
};

export const fleets: Selectable = {
  kind: 'Fleet',
  labels,
  fields: {
    ...metadata,
    'spec.template.spec.os.image': text(`r.template -> 'spec' -> 'os' ->> 'image'`),
  },
};

export const repositories: Selectable = {
  kind: 'Repository',
  labels,
  fields: {
    ...metadata,
    'spec.type': text(`r.spec ->> 'type'`),
    'spec.url': text(`r.spec ->> 'url'`),
  },
};

/** They have no labels. */
export const templateVersions: Selectable = {
  kind: 'TemplateVersion',
  labels: `'{}'::jsonb`,
  fields: { ...metadata, 'spec.fleet': text('f.name') },
};
