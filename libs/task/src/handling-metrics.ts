import { meter } from '@skein/telemetry';

/** Counts since the last look; what is counted here is written down for people. */
export class Counts {
  private counted: Record<string, number> = {};

  /** A counter that also counts here. */
  of(name: string, counter: { add(count: number): void }) {
    return {
      add: (count: number) => {
        counter.add(count);
        if (count > 0) this.put({ [name]: count });
      },
    };
  }

  /** Puts back what could not be written down. */
  put(counts: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(counts)) {
      this.counted[name] = (this.counted[name] ?? 0) + count;
    }
  }

  /** Empty when nothing was counted. */
  take(): Readonly<Record<string, number>> {
    const counted = this.counted;
    this.counted = {};
    return counted;
  }
}

/** What a service counts about the events that it handles. Made once the telemetry runs. */
export function handlingMetrics() {
  const counts = new Counts();
  return {
    counts,
    handled: meter().createCounter('skein_events_handled', {
      description: 'Events that took effect',
    }),
    repeated: counts.of(
      'fenceHits',
      meter().createCounter('skein_events_repeated', {
        description: 'Deliveries that the fence kept from taking effect again',
      }),
    ),
    redelivered: counts.of(
      'redeliveries',
      meter().createCounter('skein_events_redelivered', {
        description: 'Deliveries of what was delivered before, to this consumer or to another one',
      }),
    ),
    failed: meter().createCounter('skein_events_failed', {
      description: 'Attempts that failed and are tried again later, or given up',
    }),
    setAside: meter().createCounter('skein_events_set_aside', {
      description: 'Events that this build cannot read',
    }),
    seconds: meter().createHistogram('skein_batch_seconds', {
      description: 'Time to handle a batch, from its first statement to its commit',
      unit: 's',
    }),
  };
}
