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
import type { Postgres } from '@skein/postgres';
import { BatchUnit } from '@skein/task';
import { SelectorConsumer } from '../src/selector.consumer.js';
import { SelectorSweep } from '../src/selector.sweep.js';
import { SelectorTask } from '../src/selector.task.js';
import { SelectorView } from '../src/selector.view.js';

/** The selector's parts on an empty schema, without streams. */
export async function assemble(postgres: Postgres) {
  for (const table of ['devices', 'fleets', 'inbox']) {
    await postgres.query(`delete from selector.${table}`);
  }
  const log = await EventLog.open(postgres, 'selector', () => undefined);
  const view = new SelectorView();
  const task = new SelectorTask(view);
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'selector'), task, settings);
  return { consumer: new SelectorConsumer(view), sweep: new SelectorSweep(view), task, unit };
}

type Make<Place> = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
  place?: Place,
) => Delivered<Data>;

const selecting = (labels: Labels | null) => labels && { matchLabels: labels };

/** What the selector hears. */
export const eventsBy = <Place>(make: Make<Place>) => ({
  device: (uid: string, labels: Labels, place?: Place) =>
    make(deviceCreated, uid, { name: `d-${uid}`, labels, spec: null, generation: 1 }, place),
  relabelled: (uid: string, labels: Labels, place?: Place) =>
    make(deviceLabelsUpdated, uid, { labels }, place),
  fleet: (uid: string, labels: Labels | null, place?: Place) => {
    const data = { name: `f-${uid}`, generation: 1, template: {}, rolloutPolicy: null };
    return make(fleetCreated, uid, { ...data, selector: selecting(labels) }, place);
  },
  reselected: (uid: string, labels: Labels | null, place?: Place) =>
    make(fleetSelectorUpdated, uid, { selector: selecting(labels) }, place),
});
