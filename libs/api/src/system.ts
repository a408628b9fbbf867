import { ListMeta, Resource } from './metadata.js';
import { Decimal, Flag, Nested, NestedList, Open, Text, Time, Whole } from './property.js';

const ABSENT = 'Absent while Redis does not answer or has no stream.';

/** One service's stream. Figures of Redis are absent while it does not answer. */
export class StreamReport {
  @Text({ description: 'The service that hears the stream.' })
  service: string;

  @Whole({ description: '1000 is the detour that an organisation with very many events takes.' })
  partition: number;

  @Decimal({ description: 'How old these figures are, in seconds.' })
  ageSeconds: number;

  @Whole({ description: 'Heard and not handled, with what waits in PostgreSQL and due retries.' })
  lag: number;

  @Flag({
    description: 'False while a long backlog is still being counted: it is at least so long.',
  })
  lagIsComplete: boolean;

  @Whole({ optional: true, description: `Delivered and not acknowledged. ${ABSENT}` })
  pending?: number;

  @Decimal({ optional: true, description: `Seconds that the oldest of them waits. ${ABSENT}` })
  oldestPendingSeconds?: number;

  @Whole({ description: 'All events up to this number are handled, or wait as rows.' })
  checkpoint: number;

  @Decimal({ description: 'Seconds since the checkpoint moved.' })
  checkpointAgeSeconds: number;

  @Decimal({
    description: 'Seconds that a rebuild of the stream goes back; 0 when nothing follows.',
  })
  replayWindowSeconds: number;

  @Whole()
  retries: number;

  @Whole({ description: 'Retries whose time has come, or that run now.' })
  dueRetries: number;

  @Whole()
  parked: number;

  @Whole()
  deadLetters: number;

  @Whole({ description: 'Deliveries of what was delivered before.' })
  redeliveries: number;

  @Whole({ description: 'Deliveries that the fence kept from taking effect again.' })
  fenceHits: number;

  @Whole({ optional: true, description: `Entries in the stream. ${ABSENT}` })
  windowEntries?: number;

  @Whole({ description: 'Entries in the stream at the most.' })
  windowLimit: number;

  @Whole({ optional: true, description: `Bytes of the events in the stream. ${ABSENT}` })
  windowBytes?: number;

  @Whole({ description: 'Bytes of the events in the stream at the most.' })
  windowBytesLimit: number;

  @Decimal({
    optional: true,
    description: `How full the stream is, in entries or bytes, whichever is fuller; 1 is full. ${ABSENT}`,
  })
  windowFill?: number;

  @Whole({ description: 'Entries that entered the stream for the first time.' })
  published: number;

  @Whole({ description: 'Entries that entered it again, after a rebuild.' })
  restored: number;

  @Whole({ description: 'The highest number that entered it.' })
  publishedTo: number;
}

/** Somebody who drew a position in the log and has not ended. */
export class PositionHolder {
  @Whole({ optional: true, description: 'Process of PostgreSQL; none for a prepared transaction.' })
  pid?: number;

  @Text({ optional: true })
  application?: string;

  @Text({ optional: true })
  state?: string;

  @Decimal({ optional: true, description: 'Age of the transaction.' })
  ageSeconds?: number;
}

export class NumberingReport {
  @Decimal({ description: 'How old these figures are, in seconds.' })
  ageSeconds: number;

  @Whole({ description: 'The last number given.' })
  last: number;

  @Decimal({ description: 'Age of the oldest event without a number, or of the oldest hole.' })
  delaySeconds: number;

  @Whole({ description: 'Stretches of positions whose transactions may still commit.' })
  holes: number;

  @NestedList(() => PositionHolder)
  heldUpBy: PositionHolder[];
}

export class ReplayerReport {
  @Flag({ description: 'Whether it gave a sign of life in the last seconds.' })
  alive: boolean;

  @Decimal({
    optional: true,
    description: 'Since its last sign of life; absent if there was none.',
  })
  ageSeconds?: number;

  @Text({ description: 'A sentence, for people.' })
  message: string;
}

/** How the streams are, as the replayer saw it about a second ago. */
export class StreamReportList extends Resource {
  @Text({ oneOf: ['StreamReportList'] })
  kind: 'StreamReportList';

  @Nested(() => ReplayerReport)
  replayer: ReplayerReport;

  @Whole({ optional: true })
  smallestCheckpoint?: number;

  @Nested(() => NumberingReport, { optional: true })
  numbering?: NumberingReport;

  @NestedList(() => StreamReport)
  items: StreamReport[];
}

/** An event that a service could not handle: given up (a dead letter), or parked. */
export class WaitingEvent {
  @Text({ description: 'The service that could not handle it.' })
  service: string;

  @Whole({ description: 'Number of the event.' })
  number: number;

  @Text({ description: 'Why.' })
  reason: string;

  @Time()
  since: string;

  @Whole({ optional: true, description: 'How often it was tried; parking uses up no attempts.' })
  attempts?: number;

  @Open({
    optional: true,
    description: 'The event, with its data when it is shown alone; absent if the log has none.',
  })
  event?: object;
}

export class WaitingEventList extends Resource {
  @Text({ oneOf: ['DeadLetterList', 'ParkedEventList'] })
  kind: 'DeadLetterList' | 'ParkedEventList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => WaitingEvent)
  items: WaitingEvent[];
}

/** Which events are meant; at least one criterion, or `all`. */
export class WaitingEventFilter {
  @Text({ optional: true })
  service?: string;

  @Text({ optional: true, description: 'Type of the event.' })
  type?: string;

  @Text({ optional: true, description: 'Organisation of the event.' })
  org?: string;

  @Time({ optional: true, description: 'What came to wait at this time or later.' })
  since?: string;

  @Flag({ optional: true, description: 'Really all of them.' })
  all?: boolean;
}
