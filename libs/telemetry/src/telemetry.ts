import { context, metrics as metricsApi, propagation, trace } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface TelemetrySettings {
  readonly service: string;
  /** Base URL of an OTLP/HTTP collector; without one nothing is traced. */
  readonly otlpEndpoint?: string | undefined;
  /** Takes the place of the collector in tests. */
  readonly spanExporter?: SpanExporter;
}

export interface Telemetry {
  /** Answers a scrape in Prometheus' text format. */
  scrape(request: IncomingMessage, response: ServerResponse): void;
  stop(): Promise<void>;
}

function spanProcessors(settings: TelemetrySettings): SpanProcessor[] {
  if (settings.spanExporter) return [new SimpleSpanProcessor({ exporter: settings.spanExporter })];
  if (!settings.otlpEndpoint) return [];
  const url = `${settings.otlpEndpoint.replace(/\/$/, '')}/v1/traces`;
  return [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })];
}

type Temporality = ReturnType<PrometheusExporter['selectAggregationTemporality']>;
type Instrument = Parameters<PrometheusExporter['selectAggregationTemporality']>[0];
const DELTA = 0 as Temporality;

/** Shows what is observed now: a gauge whose attributes nobody observes any more is gone. */
class Prometheus extends PrometheusExporter {
  override selectAggregationTemporality(instrument: Instrument): Temporality {
    const isObserved = String(instrument) === 'OBSERVABLE_GAUGE';
    return isObserved ? DELTA : super.selectAggregationTemporality(instrument);
  }
}

/** Starts the OpenTelemetry SDK: metrics always, traces when there is somewhere to send them. */
export function startTelemetry(settings: TelemetrySettings): Telemetry {
  const prometheus = new Prometheus({ preventServerStart: true });
  const sdk = new NodeSDK({
    serviceName: settings.service,
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [prometheus],
    spanProcessors: spanProcessors(settings),
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    scrape: (request, response) => prometheus.getMetricsRequestHandler(request, response),
    stop: async () => {
      await sdk.shutdown();
      leaveProcess();
    },
  };
}

/** Without this, telemetry that starts again in this process would find the old one in its place. */
function leaveProcess(): void {
  for (const api of [metricsApi, trace, context, propagation]) api.disable();
}

/** The meter of this process. */
export function meter() {
  return metricsApi.getMeter('skein');
}
