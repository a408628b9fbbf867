import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartProcess } from '../test/start-process.js';
import { TraceCollector, type CollectedSpan } from '../test/trace-collector.js';

const path = ['gateway', 'validation', 'rollout', 'render'].map((room) => `skein-${room}`);

/** The services that a trace passes through. */
function servicesOf(spans: readonly CollectedSpan[], trace: string): Set<string> {
  return new Set(spans.filter((span) => span.trace === trace).map(({ service }) => service));
}

describe('npm start -- --once', () => {
  let collector: TraceCollector;
  let start: StartProcess;
  beforeAll(async () => {
    collector = await TraceCollector.start();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
    start = await StartProcess.start(['--once'], environment);
  });
  afterAll(async () => {
    await start?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  it('brings two commits to twenty devices, and ends with its summary', async () => {
    const code = await start.ended();
    const last = JSON.parse(start.lines.at(-1) ?? '') as { events: number };
    expect({ code, last, output: start.output }).toMatchObject({
      code: 0,
      last: { devices: 20, upToDate: 20, templateVersions: 2, seconds: expect.any(Number) },
    });
    // Each device was created, and reported two versions.
    expect(last.events).toBeGreaterThanOrEqual(60);
  }, 180_000);

  it('shows every device, and what one fetched', () => {
    const row = /^demo-device-20 +demo +\S+ +2 +UpToDate$/;
    expect(start.lines.filter((line) => row.test(line))).toHaveLength(1);
    for (const shown of ['interval: 10s', 'site = berlin', 'gateway-1.lyon.example']) {
      expect(start.output).toContain(shown);
    }
  });

  it('is traced from the PUT at the gateway to the rendered document', () => {
    const { spans } = collector;
    // The change of the fleet's template to the second commit.
    const puts = spans.filter(({ name }) => /^PUT \/api\/v1\/fleets/.test(name));
    const whole = puts.filter(({ trace }) => {
      const services = servicesOf(spans, trace);
      return path.every((service) => services.has(service));
    });
    expect({ puts, whole: whole.length }).not.toHaveProperty('whole', 0);
    const { trace } = whole.at(-1)!;
    const ids = new Set(spans.filter((span) => span.trace === trace).map(({ id }) => id));
    const loose = spans.filter(
      (span) => span.trace === trace && span.parent && !ids.has(span.parent),
    );
    expect(loose).toEqual([]);
  });
});

describe('npm start -- --once --timeout', () => {
  it('says what is waiting when the time is up, and still ends with its summary', async () => {
    await using start = await StartProcess.start(['--once', '--timeout', '1']);
    expect(await start.ended()).toBe(1);
    expect(start.output).toContain('longer than 1 s');
    expect(JSON.parse(start.lines.at(-1) ?? '')).toMatchObject({ devices: 20, upToDate: 0 });
  });
});
