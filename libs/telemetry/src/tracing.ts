import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';

/** The trace context of the active span, as W3C writes it; undefined when nothing is traced. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

export interface SpanOptions {
  readonly attributes?: Attributes;
  /** The trace that this work goes on with. */
  readonly parent?: string | undefined;
  /** Other traces that wait for this work: a batch has many causes and one parent. */
  readonly links?: readonly (string | undefined)[];
}

function contextOf(traceparent: string | undefined) {
  return traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : context.active();
}

function linksOf(traceparents: readonly (string | undefined)[]) {
  return [...new Set(traceparents)]
    .map((traceparent) => traceparent && trace.getSpanContext(contextOf(traceparent)))
    .filter((found) => typeof found === 'object')
    .map((found) => ({ context: found }));
}

/** Runs the work in a span of its own; an error that leaves it is recorded and goes on. */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const { attributes = {}, parent, links = [] } = options;
  const settings = { attributes, links: linksOf(links) };
  return trace
    .getTracer('skein')
    .startActiveSpan(name, settings, contextOf(parent), async (span) => {
      try {
        return await work(span);
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
        throw error;
      } finally {
        span.end();
      }
    });
}
