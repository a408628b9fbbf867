import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { startTelemetry, type Telemetry } from '@skein/telemetry';
import { putIntoLog } from '@skein/testing';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { delivered, UnitScene } from '../test/unit-scene.js';

const exporter = new InMemorySpanExporter();
const traces = ['1', '2', '3'].map((digit) => digit.repeat(32));
const events = () =>
  traces.map((trace, at) =>
    delivered(at + 1, { origin: { traceparent: `00-${trace}-${'a'.repeat(16)}-01` } }),
  );
let telemetry: Telemetry;
let database: MigratedDatabase;
let scene: UnitScene;

beforeAll(async () => {
  telemetry = startTelemetry({ service: 'test', spanExporter: exporter });
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database, putIntoLog);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
  await telemetry?.stop();
});
beforeEach(async () => {
  await scene.reset();
  exporter.reset();
});

describe('handling a batch', () => {
  it('is one span: it goes on with the trace of its first event and links those of the others', async () => {
    await scene.handle(...events());
    const [span, ...others] = exporter.getFinishedSpans();
    expect([span?.name, others]).toEqual(['selector handle', []]);
    expect(span?.spanContext().traceId).toBe(traces[0]);
    expect(span?.parentSpanContext?.spanId).toBe('a'.repeat(16));
    expect(span?.links.map(({ context }) => context.traceId)).toEqual(traces.slice(1));
    expect(span?.attributes).toEqual({ 'skein.service': 'selector', 'skein.events': 3 });
  });

  it('gives its span to what it causes', async () => {
    await scene.handle(...events());
    const { traceId, spanId } = exporter.getFinishedSpans()[0]!.spanContext();
    const appended = await scene.appended();
    expect(new Set(appended.map(({ traceparent }) => traceparent))).toEqual(
      new Set([`00-${traceId}-${spanId}-01`]),
    );
  });

  it('that fails says so in its span', async () => {
    scene.poisoned.add(1);
    await scene.handle(...events()).catch(() => undefined);
    expect(exporter.getFinishedSpans()[0]?.status.message).toBe('poisoned');
  });
});
