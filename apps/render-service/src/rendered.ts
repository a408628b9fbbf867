import type { Content } from '@skein/blobs';
import {
  devicesFailed,
  devicesRendered,
  MAX_MEMBERS,
  type NewEvent,
  type Origin,
} from '@skein/events';
import type { CurrentDevice, PendingDevice } from './pending-devices.js';

/** What rendering a device gave. */
export interface Outcome {
  readonly device: PendingDevice;
  /** Null for a device without a fleet. */
  readonly template: { readonly uid: string; readonly fleet: string } | null;
  /** The document, or why there is none. */
  readonly result: Content | { readonly problem: string };
}

/** What is kept and said of a device that was rendered, or that could not be. */
export interface RenderedRow {
  readonly device: string;
  readonly dueNumber: number;
  /** Grows by one only when the document changes. */
  readonly renderedVersion: number;
  /** Of the document that the device has now; null while it has none. */
  readonly digest: string | null;
  readonly size: number;
  readonly problem: string | null;
  readonly templateVersion: string | null;
  /** Whom the event is about: the fleet, or the device that has none. */
  readonly subject: string;
}

/** Failures carry messages, so that fewer of them fit into one event. */
const FAILED_MEMBERS = 100;

function rowOf({ device, template, result }: Outcome, current: CurrentDevice): RenderedRow {
  const base = {
    device: device.device,
    dueNumber: device.dueNumber,
    templateVersion: template?.uid ?? null,
    subject: template?.fleet ?? device.device,
  };
  const { renderedVersion, digest } = current;
  if ('problem' in result)
    return { ...base, renderedVersion, digest, size: 0, problem: result.problem };
  const changed = result.digest !== digest;
  return {
    ...base,
    renderedVersion: renderedVersion + (changed ? 1 : 0),
    digest: result.digest,
    size: result.bytes.length,
    problem: null,
  };
}

/** What takes effect: nothing of a device that asks for something newer by now, or for nothing any more. */
export function decideRendered(
  outcomes: readonly Outcome[],
  current: ReadonlyMap<string, CurrentDevice>,
): RenderedRow[] {
  return outcomes.flatMap((outcome) => {
    const row = current.get(outcome.device.device);
    return row?.dueNumber === outcome.device.dueNumber ? [rowOf(outcome, row)] : [];
  });
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function eventsOfGroup(org: string, rows: readonly RenderedRow[], origin: Origin): NewEvent[] {
  const { subject, templateVersion } = rows[0]!;
  const rendered = rows
    .filter(({ problem }) => problem === null)
    .map(({ device, renderedVersion, digest, size }) => ({
      device,
      renderedVersion,
      digest,
      size,
    }));
  const failed = rows
    .filter(({ problem }) => problem !== null)
    .map(({ device, problem }) => ({ device, message: problem }));
  return [
    ...chunks(rendered, MAX_MEMBERS).map((members) => ({
      definition: devicesRendered,
      org,
      subject,
      data: { templateVersion, members },
      origin,
    })),
    ...chunks(failed, FAILED_MEMBERS).map((members) => ({
      definition: devicesFailed,
      org,
      subject,
      data: { templateVersion, members },
      origin,
    })),
  ];
}

/** One event for each fleet's template version and for each device without a fleet. */
export function renderedEvents(
  org: string,
  rows: readonly RenderedRow[],
  originOf: (device: string) => Origin,
): NewEvent[] {
  const groups = Map.groupBy(
    rows,
    ({ subject, templateVersion }) => `${subject}/${templateVersion}`,
  );
  return [...groups.values()].flatMap((group) =>
    eventsOfGroup(org, group, originOf(group[0]!.device)),
  );
}
