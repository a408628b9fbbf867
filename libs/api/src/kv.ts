import { Resource } from './metadata.js';
import { Decimal, Flag, Nested, NestedList, Text, Whole } from './property.js';

const UNKNOWN = 'Absent when it could not be read.';

export class KvBytes {
  @Whole()
  streams: number;

  @Whole({ description: 'Estimated from some of the keys.' })
  cache: number;

  @Whole({ description: 'The server itself, its clients, and keys that are not those of Skein.' })
  other: number;
}

/** What should be different about a server. */
export class KvAdvice {
  @Text({ description: 'Stays the same while it is found again.' })
  code: string;

  @Text({ oneOf: ['unsafe', 'unwise', 'unknown'] })
  severity: 'unsafe' | 'unwise' | 'unknown';

  @Text({ description: 'A sentence, for people.' })
  what: string;

  @Text({ description: 'What to do about it.' })
  cure: string;
}

/** One server of Redis or Valkey, or one node of a cluster. */
export class KvReport {
  @Text({ oneOf: ['streams', 'cache'], description: 'As which of the two it is entered.' })
  server: 'streams' | 'cache';

  @Text({ oneOf: ['streams', 'cache', 'both'], description: 'What it is used for.' })
  use: 'streams' | 'cache' | 'both';

  @Text({ description: 'Its address.' })
  node: string;

  @Decimal({ description: 'How old these figures are, in seconds.' })
  ageSeconds: number;

  @Text({ optional: true, description: `Such as redis 7.0.15. ${UNKNOWN}` })
  version?: string;

  @Whole({ optional: true })
  usedBytes?: number;

  @Whole({ optional: true, description: 'The most that was used since it started.' })
  peakBytes?: number;

  @Whole({ optional: true, description: `0: no limit. ${UNKNOWN}` })
  maxmemoryBytes?: number;

  @Text({ optional: true, description: `What is evicted when it is full. ${UNKNOWN}` })
  policy?: string;

  @Whole({
    optional: true,
    description: 'Limit of its container; absent without one, and unknown.',
  })
  containerBytes?: number;

  @Nested(() => KvBytes, { optional: true })
  bytesByKind?: KvBytes;

  @Whole({ optional: true, description: 'Entries in all streams on it.' })
  queueDepth?: number;

  @Whole({ optional: true, description: 'Since it started, as the next three.' })
  evictedKeys?: number;

  @Whole({ optional: true, description: 'Lookups that found something.' })
  hits?: number;

  @Whole({ optional: true, description: 'Lookups that found nothing.' })
  misses?: number;

  @Whole({ description: 'Commands that were refused for lack of memory.' })
  refused: number;

  @Decimal({ optional: true, description: 'Of the last hour, 0 to 1; absent below 100 lookups.' })
  hitRatio?: number;

  @Decimal({ optional: true, description: 'Memory that it takes, by what is used of it.' })
  fragmentation?: number;

  @Flag({ optional: true, description: `Whether it has an append-only file. ${UNKNOWN}` })
  appendOnly?: boolean;

  @Flag({ optional: true, description: 'Whether its last writes to disk succeeded.' })
  persistenceOk?: boolean;

  @NestedList(() => KvAdvice, { description: 'The most urgent first.' })
  advice: KvAdvice[];
}

/** How the servers of the streams and of the cache are, as the replayer saw them some seconds ago. */
export class KvReportList extends Resource {
  @Text({ oneOf: ['KvReportList'] })
  kind: 'KvReportList';

  @NestedList(() => KvReport)
  items: KvReport[];
}
