import { meter } from '@skein/telemetry';

type Observe = Parameters<Parameters<ReturnType<typeof meter>['addBatchObservableCallback']>[0]>[0];

/** What is observed now. */
export interface WatchFigures {
  readonly watchers: number;
  /** Events of the log that have not taken effect, or that nobody was told of yet. */
  readonly lag: number;
}

/** What the gateway measures about those who watch. Made once the telemetry runs. */
export class WatchMetrics {
  private readonly sent = meter().createCounter('skein_watch_events', {
    description: 'Changes that were told, once for each client',
  });
  private readonly over = meter().createCounter('skein_watch_ended', {
    description: 'Watches that are over, by why',
  });
  private readonly watchers = meter().createObservableGauge('skein_watchers', {
    description: 'Clients that watch',
  });
  private readonly lag = meter().createObservableGauge('skein_watch_lag', {
    description: 'Events of the log that clients who watch are not told of yet',
  });
  private readonly observe = (result: Observe) => {
    const { watchers, lag } = this.figures();
    result.observe(this.watchers, watchers);
    result.observe(this.lag, lag);
  };

  constructor(private readonly figures: () => WatchFigures) {
    meter().addBatchObservableCallback(this.observe, [this.watchers, this.lag]);
  }

  told(count: number): void {
    this.sent.add(count);
  }

  ended(reason: string): void {
    this.over.add(1, { reason });
  }

  stop(): void {
    meter().removeBatchObservableCallback(this.observe, [this.watchers, this.lag]);
  }
}
