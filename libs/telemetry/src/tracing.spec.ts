import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { openLogger } from './logger.js';
import { withLogContext } from './context.js';
import { startTelemetry, type Telemetry } from './telemetry.js';
import { currentTraceparent, inSpan } from './tracing.js';

const exporter = new InMemorySpanExporter();
const [trace, other] = ['1'.repeat(32), '2'.repeat(32)];
const span = 'a'.repeat(16);
const traceparent = `00-${trace}-${span}-01`;
let telemetry: Telemetry;

const finished = () => exporter.getFinishedSpans() as [ReadableSpan, ...ReadableSpan[]];

beforeAll(() => {
  telemetry = startTelemetry({ service: 'test', spanExporter: exporter });
});
afterAll(() => telemetry.stop());
beforeEach(() => exporter.reset());

describe('a span', () => {
  it('begins a trace, which its work can hand on', async () => {
    const inside = await inSpan('work', { attributes: { count: 3 } }, async () =>
      currentTraceparent(),
    );
    const [made] = finished();
    const { name, attributes, parentSpanContext } = made;
    const { traceId, spanId } = made.spanContext();
    expect([name, attributes, parentSpanContext]).toEqual(['work', { count: 3 }, undefined]);
    expect(inside).toBe(`00-${traceId}-${spanId}-01`);
    expect(currentTraceparent()).toBeUndefined();
  });

  it('goes on with the trace that it is given, across processes', async () => {
    await inSpan('work', { parent: traceparent }, async () => undefined);
    const [made] = finished();
    expect([made.spanContext().traceId, made.parentSpanContext?.spanId]).toEqual([trace, span]);
  });

  it('goes on with the span around it when it is given none', async () => {
    await inSpan('outer', {}, () => inSpan('inner', {}, async () => undefined));
    const [inner, outer] = finished();
    expect(inner.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('links the other traces that wait for it, each once', async () => {
    const second = `00-${other}-${span}-01`;
    await inSpan(
      'work',
      { parent: traceparent, links: [second, undefined, second, 'nonsense'] },
      async () => undefined,
    );
    expect(finished()[0].links.map(({ context }) => context.traceId)).toEqual([other]);
  });

  it('resolves with the result of its work', async () => {
    expect(await inSpan('work', {}, async () => 7)).toBe(7);
  });

  it('records an error and hands it on', async () => {
    const failure = new Error('broken');
    await expect(inSpan('work', {}, () => Promise.reject(failure))).rejects.toBe(failure);
    const [{ status, events }] = finished();
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' });
    expect(events.map(({ name }) => name)).toEqual(['exception']);
  });
});

describe('a log line', () => {
  const lines: string[] = [];
  const logger = openLogger('rollout', 'info', { write: (line) => void lines.push(line) });
  const lastLine = () => JSON.parse(lines.at(-1)!) as Record<string, unknown>;

  it('is one JSON object with service, level and time', () => {
    logger.warn({ count: 3 }, 'several\nlines');
    expect(lines.at(-1)?.trimEnd()).not.toContain('\n');
    expect(lastLine()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: 'rollout',
      count: 3,
      msg: 'several\nlines',
    });
  });

  it('carries organisation and event of the work that it belongs to, also of the work around', async () => {
    await withLogContext({ org: 'acme', request: 'r' }, async () => {
      await Promise.resolve();
      await withLogContext({ event: 'e', sequence: 7 }, async () => logger.info({}, 'inside'));
      expect(lastLine()).toMatchObject({ org: 'acme', request: 'r', event: 'e', sequence: 7 });
      logger.info({}, 'around');
      expect(lastLine()).not.toHaveProperty('event');
    });
    logger.info({}, 'outside');
    expect(lastLine()).not.toHaveProperty('org');
  });

  it('carries the trace and the span', async () => {
    await inSpan('work', { parent: traceparent }, async () => logger.info({}, 'traced'));
    expect(lastLine()).toMatchObject({ trace, span: finished()[0].spanContext().spanId });
  });

  it('shows an error with its stack and code', () => {
    logger.error({ error: Object.assign(new Error('broken'), { code: 'too-large' }) }, 'failed');
    expect(lastLine()).toMatchObject({
      error: { message: 'broken', code: 'too-large', stack: expect.stringContaining('broken') },
    });
  });

  it('is left out below its level', () => {
    const count = lines.length;
    logger.debug({}, 'chatter');
    openLogger('rollout', 'silent', { write: (line) => void lines.push(line) }).error({}, 'silent');
    expect(lines).toHaveLength(count);
  });
});
