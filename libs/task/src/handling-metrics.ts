import { meter } from '@skein/telemetry';

/** What a service counts about the events that it handles. Made once the telemetry runs. */
export function handlingMetrics() {
  return {
    handled: meter().createCounter('skein_events_handled', {
      description: 'Events that took effect',
    }),
    repeated: meter().createCounter('skein_events_repeated', {
      description: 'Deliveries that the fence kept from taking effect again',
    }),
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
