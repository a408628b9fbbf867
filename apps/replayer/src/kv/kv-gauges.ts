import { meter } from '@skein/telemetry';
import type { KvFigures } from './kv-figures.js';

export interface KnownServer {
  readonly server: string;
  /** Its address. */
  readonly node: string;
  readonly figures: KvFigures;
}

type Figure = (figures: KvFigures) => number | null;

const numberOf = (flag: boolean | null) => (flag === null ? null : Number(flag));

const ofServer: Readonly<Record<string, readonly [description: string, figure: Figure]>> = {
  used_bytes: ['Memory that is used', ({ usedBytes }) => usedBytes],
  peak_bytes: ['The most that was used since the server started', ({ peakBytes }) => peakBytes],
  maxmemory_bytes: ['What may be used; 0 without a limit', (all) => all.maxmemoryBytes],
  evicted_keys: ['Keys evicted since the server started', ({ evictedKeys }) => evictedKeys],
  refused: ['Commands refused for lack of memory since then', ({ refused }) => refused],
  hit_ratio: ['Lookups that found something, 0 to 1, in the last hour', (all) => all.hitRatio],
  queue_depth: ['Entries in the streams of the server', ({ queueDepth }) => queueDepth],
  fragmentation_ratio: ['Memory taken, by what is used of it', (all) => all.fragmentation],
  append_only: ['Whether there is an append-only file', (all) => numberOf(all.appendOnly)],
  persistence_ok: [
    'Whether the last writes to disk succeeded',
    (all) => numberOf(all.persistenceOk),
  ],
};

/** Exports the figures as long as there are any; answers how to end that. */
export function exportKvGauges(current: () => readonly KnownServer[]): () => void {
  const gauge = (name: string, description: string) =>
    meter().createObservableGauge(`skein_kv_${name}`, { description });
  const simple = Object.entries(ofServer).map(([name, [description, figure]]) => ({
    instrument: gauge(name, description),
    figure,
  }));
  const byKind = gauge('bytes', 'Memory by kind: streams, cache (estimated) and other');
  const advice = gauge('advice', 'What should be different; see GET /api/v1/system/kv');
  type Observe = Parameters<ReturnType<typeof meter>['addBatchObservableCallback']>[0];
  const observe: Observe = (result) => {
    for (const { server, node, figures } of current()) {
      for (const { instrument, figure } of simple) {
        const value = figure(figures);
        if (value !== null) result.observe(instrument, value, { server, node });
      }
      for (const [kind, bytes] of Object.entries(figures.bytesByKind ?? {})) {
        result.observe(byKind, bytes as number, { server, node, kind });
      }
      for (const { code, severity } of figures.advice) {
        result.observe(advice, 1, { server, node, code, severity });
      }
    }
  };
  const all = [byKind, advice, ...simple.map(({ instrument }) => instrument)];
  meter().addBatchObservableCallback(observe, all);
  return () => meter().removeBatchObservableCallback(observe, all);
}
