import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { meter, startTelemetry, type Telemetry } from './telemetry.js';
import { currentTraceparent, inSpan } from './tracing.js';

let telemetry: Telemetry;
let server: Server;

async function scrape(): Promise<{ type: string | null; text: string }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return { type: response.headers.get('content-type'), text: await response.text() };
}

beforeAll(async () => {
  telemetry = startTelemetry({ service: 'test' });
  server = createServer((request, response) => telemetry.scrape(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await telemetry.stop();
});

describe('metrics', () => {
  it('are there without a collector, as Prometheus reads them', async () => {
    const counter = meter().createCounter('skein_test_events', { description: 'What was counted' });
    counter.add(2, { group: 'rollout' });
    counter.add(3, { group: 'rollout' });
    const { type, text } = await scrape();
    expect(type).toContain('text/plain');
    expect(text).toContain('# HELP skein_test_events_total What was counted');
    expect(text).toContain('# TYPE skein_test_events_total counter');
    expect(text).toMatch(/^skein_test_events_total\{group="rollout".*\} 5/m);
  });

  it('show what a gauge observes now, and not what it observed before', async () => {
    const observed = new Map([['a', 1]]);
    meter()
      .createObservableGauge('skein_test_waiting')
      .addCallback((result) => {
        for (const [group, value] of observed) result.observe(value, { group });
      });
    expect((await scrape()).text).toMatch(/^skein_test_waiting\{group="a".*\} 1/m);
    observed.delete('a');
    observed.set('b', 2);
    const { text } = await scrape();
    expect(text).toMatch(/^skein_test_waiting\{group="b".*\} 2/m);
    expect(text).not.toContain('group="a"');
  });

  it('name the service', async () => {
    expect((await scrape()).text).toMatch(/^target_info\{.*service_name="test"/m);
  });
});

describe('traces', () => {
  it('are off without a collector: nothing is handed on', async () => {
    const parent = `00-${'1'.repeat(32)}-${'a'.repeat(16)}-01`;
    expect(await inSpan('work', {}, async () => currentTraceparent())).toBeUndefined();
    expect(await inSpan('work', { parent }, async () => currentTraceparent() ?? parent)).toBe(
      parent,
    );
  });
});
