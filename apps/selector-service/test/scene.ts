import { readConfig } from '@skein/config';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  deviceCreated,
  deviceLabelsUpdated,
  fleetCreated,
  fleetSelectorUpdated,
  type Delivered,
  type EventDefinition,
  type Labels,
} from '@skein/events';
import type { LabelSelector } from '@skein/domain-resource';
import type { Postgres } from '@skein/postgres';
import { BatchUnit } from '@skein/task';
import { openLogger } from '@skein/telemetry';
import { FleetIndexes } from '../src/fleet-indexes.js';
import { FleetScanner } from '../src/fleet-scanner.js';
import { FleetScans } from '../src/fleet-scans.js';
import { Matching } from '../src/matching.js';
import { SelectorConfig } from '../src/selector.config.js';
import { SelectorConsumer } from '../src/selector.consumer.js';
import { SelectorSweep } from '../src/selector.sweep.js';
import { SelectorTask } from '../src/selector.task.js';
import { SelectorView } from '../src/selector.view.js';

export async function clear(postgres: Postgres): Promise<void> {
  for (const table of ['devices', 'fleets', 'wants', 'inbox']) {
    await postgres.query(`delete from selector.${table}`);
  }
}

/** The selector's parts as one instance has them, without streams. */
export async function instance(postgres: Postgres) {
  const config = readConfig(SelectorConfig, {
    SKEIN_DATABASE_URL: 'postgres://unused',
    SKEIN_STREAM_REDIS_URL: 'redis://unused',
  });
  const log = await EventLog.open(postgres, 'selector', () => undefined);
  const [view, scans, indexes] = [new SelectorView(), new FleetScans(), new FleetIndexes()];
  const matching = new Matching(view);
  const scanner = new FleetScanner(log, view, scans, indexes, matching);
  const logger = openLogger('test', 'silent');
  const task = new SelectorTask(view, indexes, matching, scanner, config, logger);
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'selector'), task, settings);
  const consumer = new SelectorConsumer(view);
  const sweep = new SelectorSweep(view, scans);
  const scanAll = async () => {
    while ((await task.scans.once()) > 0);
  };
  return { consumer, sweep, task, unit, scanner, scans, indexes, scanAll };
}

/** An instance on empty tables. */
export async function assemble(postgres: Postgres) {
  await clear(postgres);
  return instance(postgres);
}

export type Make<Place> = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
  place?: Place,
) => Delivered<Data>;

const selecting = (labels: Labels | null) => labels && { matchLabels: labels };

/** What the selector hears. */
export const eventsBy = <Place>(make: Make<Place>) => {
  const created = (uid: string, selector: LabelSelector | null, place?: Place) => {
    const data = { name: `f-${uid}`, generation: 1, template: {}, rolloutPolicy: null };
    return make(fleetCreated, uid, { ...data, selector: selector as never }, place);
  };
  const changed = (uid: string, selector: LabelSelector | null, place?: Place) =>
    make(fleetSelectorUpdated, uid, { selector: selector as never }, place);
  return {
    device: (uid: string, labels: Labels, place?: Place) =>
      make(deviceCreated, uid, { name: `d-${uid}`, labels, spec: null, generation: 1 }, place),
    relabelled: (uid: string, labels: Labels, place?: Place) =>
      make(deviceLabelsUpdated, uid, { labels }, place),
    created,
    changed,
    fleet: (uid: string, labels: Labels | null, place?: Place) =>
      created(uid, selecting(labels), place),
    reselected: (uid: string, labels: Labels | null, place?: Place) =>
      changed(uid, selecting(labels), place),
  };
};
