import type { Group } from '@skein/events';

/** Events that a service gave up, or that wait in it for what they need. */
export type WaitingKind = 'dead-letters' | 'parked';

/** One of them, as the API shows it. */
export interface WaitingEvent {
  readonly service: Group;
  /** Of the event. */
  readonly number: number;
  readonly reason: string;
}

const most = 1_000;

/** What people do with events that wait, through the API of a gateway. */
export class SystemApi {
  /** @param baseUrl of the gateway */
  constructor(private readonly baseUrl: string) {}

  /** Those of one service. */
  async list(kind: WaitingKind, service: Group): Promise<WaitingEvent[]> {
    const answer = await this.call('GET', `${kind}?service=${service}&limit=${most}`);
    return (answer as { items: WaitingEvent[] }).items;
  }

  async retry(kind: WaitingKind, { service, number }: WaitingEvent): Promise<void> {
    await this.call('POST', `${kind}/${service}/${number}/retry`);
  }

  /** All of one service. */
  async retryAll(kind: WaitingKind, service: Group): Promise<void> {
    await this.call('POST', `${kind}/retry`, { service });
  }

  /** For those that can never be handled. */
  async drop(kind: WaitingKind, { service, number }: WaitingEvent): Promise<void> {
    await this.call('DELETE', `${kind}/${service}/${number}`);
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}/api/v1/system/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
