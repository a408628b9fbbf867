import { describe, expect, it } from '@jest/globals';
import { StartProcess } from '../test/start-process.js';
import { TraceCollector, type CollectedSpan } from '../test/trace-collector.js';

const path = ['gateway', 'validation', 'rollout', 'render'].map((room) => `skein-${room}`);

/** The services that a trace passes through. */
function servicesOf(spans: readonly CollectedSpan[], trace: string): Set<string> {
  return new Set(spans.filter((span) => span.trace === trace).map(({ service }) => service));
}

describe('a trace', () => {
  it('goes from the PUT at the gateway to the rendered document', async () => {
    await using collector = await TraceCollector.start();
    await using start = await StartProcess.start(['--once', '--devices', '2'], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    });
    expect({ code: await start.ended(), output: start.output }).toMatchObject({ code: 0 });
    const { spans } = collector;
    // The change of the fleet's template to the second commit.
    const puts = spans.filter(({ name }) => /^PUT \/api\/v1\/fleets/.test(name));
    const whole = puts.filter(({ trace }) => {
      const services = servicesOf(spans, trace);
      return path.every((service) => services.has(service));
    });
    expect({ puts, whole: whole.length }).toMatchObject({ whole: expect.any(Number) });
    expect(whole.length).toBeGreaterThan(0);
    const { trace } = whole.at(-1)!;
    const ids = new Set(spans.filter((span) => span.trace === trace).map(({ id }) => id));
    const loose = spans.filter(
      (span) => span.trace === trace && span.parent && !ids.has(span.parent),
    );
    expect(loose).toEqual([]);
  }, 180_000);
});
