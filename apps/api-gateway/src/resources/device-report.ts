import type { DeviceStatus } from '@skein/api';
import { canonicalJson } from '@skein/domain-resource';
import { deviceHealthReported, deviceStatusReported } from '@skein/events';
import type { Draft } from './kind-rules.js';
import { RefusedRequest } from './refused-request.js';

/** What others know of a device without asking for it: what it runs, and how it is. */
interface News {
  /** Null: it has not reported yet. */
  readonly renderedVersion: number | null;
  readonly updated: string | null;
  readonly summary: string;
  readonly applications: string;
  readonly lifecycle: string;
}

/** What is known of a device. */
export interface Known extends News {
  readonly uid: string;
}

/** What a device says. */
export interface Report extends News {
  readonly status: DeviceStatus;
  readonly renderedVersion: number;
  readonly updated: string;
}

/** The `status` in a part of a report, as SQL reads it. */
function statusIn(part: object | undefined): string {
  const { status } = (part ?? {}) as { readonly status?: unknown };
  if (status === undefined || status === null) return 'Unknown';
  return typeof status === 'string' ? status : JSON.stringify(status);
}

/** @throws RefusedRequest when nothing is reported */
export function said(status: DeviceStatus | undefined): DeviceStatus {
  if (status) return status;
  throw new RefusedRequest('invalid', 'status: is missing');
}

export function reportOf(status: DeviceStatus): Report {
  return {
    status,
    renderedVersion: Number(status.config?.renderedVersion ?? 0),
    updated: status.updated?.status ?? 'Unknown',
    summary: statusIn(status.summary),
    applications: statusIn(status.applicationsSummary),
    lifecycle: statusIn(status.lifecycle),
  };
}

const healthOf = ({ summary, applications, lifecycle }: News) => ({
  summary,
  applications,
  lifecycle,
});

/** What is new in a report. */
export function newsIn(report: Report, known: Known): Draft[] {
  const { renderedVersion, updated } = report;
  const drafts: Draft[] = [];
  if (renderedVersion !== known.renderedVersion || updated !== known.updated) {
    drafts.push({ definition: deviceStatusReported, data: { renderedVersion, updated } });
  }
  const health = healthOf(report);
  if (canonicalJson(health) !== canonicalJson(healthOf(known))) {
    drafts.push({ definition: deviceHealthReported, data: health });
  }
  return drafts;
}
