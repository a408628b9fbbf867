import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { RequestInit } from 'undici';
import { backoffMs } from './backoff.js';
import { statusOf } from './status.js';

/** What a device gets from `GET /api/v1/devices/{name}/rendered`, as far as it looks. */
export interface RenderedDevice {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly config?: unknown };
}

export interface SimulatedDeviceSettings {
  readonly name: string;
  /** Of the gateway: `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** With which it gets in; undefined when nobody asks. */
  readonly token?: string | undefined;
  /** Milliseconds that a request may take, the long poll's waiting included. */
  readonly requestTimeoutMs?: number;
}

interface Request extends RequestInit {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

const versionAnnotation = 'device-controller/renderedVersion';
/** Longer than the gateway lets a device wait. */
const longestRequestMs = 300_000;

/**
 * A device that fetches its rendered configuration by long polling and reports what it runs. It applies
 * nothing. After a failure it tries again, later and later, for as long as it runs.
 */
export class SimulatedDevice {
  /** The version that it runs; undefined before the first. */
  renderedVersion: string | undefined;
  /** What it fetched last. */
  rendered: RenderedDevice | undefined;
  /** What failed last, until something works again. */
  trouble: string | undefined;
  private failures = 0;
  /** Connections of its own, so that they end with it. */
  private readonly agent = new Agent({ connections: 1 });

  constructor(private readonly settings: SimulatedDeviceSettings) {}

  get name(): string {
    return this.settings.name;
  }

  /** Until the signal says stop; then its connections are closed too. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.fetchAndReport(signal);
        this.failures = 0;
        this.trouble = undefined;
      } catch (error) {
        if (signal.aborted) break;
        this.trouble = String((error as Error).cause ?? error);
        await this.waitBeforeNextTry(signal);
      }
    }
    await this.agent.destroy();
  }

  private async fetchAndReport(signal: AbortSignal): Promise<void> {
    const rendered = await this.fetchRendered(signal);
    if (!rendered) return;
    const version = rendered.metadata.annotations?.[versionAnnotation];
    if (!version) throw new Error(`the rendered device has no annotation ${versionAnnotation}`);
    // Reported first: if that fails, the version is not known yet and comes again.
    await this.report(version, signal);
    this.renderedVersion = version;
    this.rendered = rendered;
  }

  /** Undefined when nothing is new. */
  private async fetchRendered(signal: AbortSignal): Promise<RenderedDevice | undefined> {
    const known = this.renderedVersion;
    const query = known === undefined ? '' : `?knownRenderedVersion=${encodeURIComponent(known)}`;
    const response = await this.request(`/rendered${query}`, { signal });
    return response.status === 204 ? undefined : ((await response.json()) as RenderedDevice);
  }

  private async report(renderedVersion: string, signal: AbortSignal): Promise<void> {
    const device = {
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: this.name },
      status: statusOf(renderedVersion),
    };
    const headers = { 'content-type': 'application/json' };
    const response = await this.request('/status', {
      method: 'PUT',
      headers,
      body: JSON.stringify(device),
      signal,
    });
    await response.arrayBuffer();
  }

  private async request(path: string, init: Request) {
    const timeout = AbortSignal.timeout(this.settings.requestTimeoutMs ?? longestRequestMs);
    const url = `${this.settings.baseUrl}/api/v1/devices/${encodeURIComponent(this.name)}${path}`;
    const signal = AbortSignal.any([init.signal, timeout]);
    const { token } = this.settings;
    const headers = { ...init.headers, ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(url, { ...init, headers, signal, dispatcher: this.agent });
    if (response.ok) return response;
    const text = await response.text();
    throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text.slice(0, 500)}`);
  }

  private async waitBeforeNextTry(signal: AbortSignal): Promise<void> {
    const pause = backoffMs(this.failures);
    this.failures += 1;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
