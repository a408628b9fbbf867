import { meter } from '@skein/telemetry';
import type { NumberingFigures } from './numbering-figures.js';
import type { StreamFigures } from './stream-figures.js';

export interface KnownStream {
  readonly service: string;
  readonly partition: number;
  readonly figures: StreamFigures;
}

export interface AllFigures {
  readonly streams: readonly KnownStream[];
  readonly numbering: NumberingFigures | undefined;
}

type Result = Parameters<Parameters<ReturnType<typeof meter>['addBatchObservableCallback']>[0]>[0];
type Figure = (figures: StreamFigures) => number | null;

const ofStream: Readonly<Record<string, readonly [description: string, figure: Figure]>> = {
  lag: ['Events that the service hears and has not handled', ({ lag }) => lag],
  pending: ['Events delivered and not acknowledged', ({ pending }) => pending],
  oldest_pending_seconds: ['Age of the oldest of them', (figures) => figures.oldestPendingSeconds],
  checkpoint: ['All events up to this number are handled', ({ checkpoint }) => checkpoint],
  checkpoint_age_seconds: ['Since the checkpoint moved', (all) => all.checkpointAgeSeconds],
  replay_window_seconds: ['How far back a rebuild goes', (all) => all.replayWindowSeconds],
  retries: ['Events that are tried again', ({ retries }) => retries],
  due_retries: ['Those of them whose time has come', ({ dueRetries }) => dueRetries],
  parked: ['Events that wait for what they need', ({ parked }) => parked],
  dead_letters: ['Events that were given up', ({ deadLetters }) => deadLetters],
  redeliveries: ['Deliveries of what was delivered before', ({ redeliveries }) => redeliveries],
  fence_hits: ['Deliveries that took no effect again', ({ fenceHits }) => fenceHits],
  window_fill: ['How full the window of the stream is, 0 to 1', ({ windowFill }) => windowFill],
  window_bytes: ['Bytes of the events in the stream', ({ windowBytes }) => windowBytes],
  published: ['Entries that entered the stream', ({ published }) => published],
  restored: ['Entries that entered it again after a rebuild', ({ restored }) => restored],
};

function smallest(streams: AllFigures['streams']): number | undefined {
  const checkpoints = streams.map(({ figures }) => figures.checkpoint);
  return checkpoints.length > 0 ? Math.min(...checkpoints) : undefined;
}

function instrumentsOf() {
  const gauge = (name: string, description: string) =>
    meter().createObservableGauge(`skein_${name}`, { description });
  return {
    streams: Object.entries(ofStream).map(([name, [description, figure]]) => ({
      instrument: gauge(`stream_${name}`, description),
      figure,
    })),
    checkpoint: gauge('stream_smallest_checkpoint', 'The smallest checkpoint of all streams'),
    delay: gauge('numbering_delay_seconds', 'Age of the oldest event without a number'),
    holes: gauge('numbering_holes', 'Stretches of positions whose transactions may still commit'),
    holder: gauge('numbering_holder_seconds', 'Age of a transaction that holds numbers up'),
  };
}

type Instruments = ReturnType<typeof instrumentsOf>;

function observeStreams({ streams, checkpoint }: Instruments, all: AllFigures, to: Result): void {
  for (const { service: group, partition, figures } of all.streams) {
    for (const { instrument, figure } of streams) {
      const value = figure(figures);
      if (value !== null) to.observe(instrument, value, { group, partition });
    }
  }
  const least = smallest(all.streams);
  if (least !== undefined) to.observe(checkpoint, least);
}

function observeNumbering(instruments: Instruments, { numbering }: AllFigures, to: Result): void {
  if (!numbering) return;
  to.observe(instruments.delay, numbering.delaySeconds);
  to.observe(instruments.holes, numbering.holes);
  for (const { pid, application, ageSeconds } of numbering.heldUpBy) {
    const who = { pid: String(pid), application: application ?? 'unknown' };
    to.observe(instruments.holder, ageSeconds ?? 0, who);
  }
}

/** Exports the figures as long as there are any; answers how to end that. */
export function exportGauges(current: () => AllFigures | undefined): () => void {
  const instruments = instrumentsOf();
  const { streams, ...others } = instruments;
  const all = [...streams.map(({ instrument }) => instrument), ...Object.values(others)];
  const observe = (result: Result) => {
    const figures = current();
    if (!figures) return;
    observeStreams(instruments, figures, result);
    observeNumbering(instruments, figures, result);
  };
  meter().addBatchObservableCallback(observe, all);
  return () => meter().removeBatchObservableCallback(observe, all);
}
