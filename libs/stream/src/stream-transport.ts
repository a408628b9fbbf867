import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { topology, type Delivered, type Group } from '@skein/events';
import { lastValueFrom } from 'rxjs';
import { Hearing, type HearingSettings } from './hearing.js';

export interface StreamTransportSettings extends HearingSettings {
  readonly group: Group;
}

const STREAM = Symbol('skein:stream');

/** The handlers do not fit what the service is said to hear. */
export class TopologyMismatch extends Error {
  constructor(group: Group, missing: readonly string[], unheard: readonly string[]) {
    const parts = [
      missing.length > 0 && `no handler for ${missing.join(', ')}`,
      unheard.length > 0 &&
        `handlers for ${unheard.join(', ')}, which the topology does not send here`,
    ];
    super(`${group} and the topology in libs/events differ: ${parts.filter(Boolean).join('; ')}`);
  }
}

/** A service's stream as a Nest transport: events reach `@EventPattern` handlers in runs of one type. */
export class StreamTransport extends Server implements CustomTransportStrategy {
  /** Handlers of other transports are none of its. */
  override readonly transportId = STREAM;
  private hearing: Hearing | undefined;

  constructor(private readonly settings: StreamTransportSettings) {
    super();
  }

  /** @throws TopologyMismatch */
  listen(callback: (error?: unknown) => void): void {
    try {
      this.requireTopology();
    } catch (error) {
      callback(error);
      return;
    }
    this.hearing = new Hearing(this.settings, this.dispatch.bind(this));
    callback();
  }

  /** Finishes what is in flight, leaves the groups and closes the connections. */
  async close(): Promise<void> {
    await this.hearing?.stop();
  }

  on(): void {
    throw new Error('the stream transport emits no events');
  }

  unwrap<T>(): T {
    return this.hearing as T;
  }

  private async dispatch(type: string, events: readonly Delivered[], batch: object): Promise<void> {
    const handler = this.messageHandlers.get(type) as MessageHandler;
    // Awaited here: the base class resolves although the handler threw.
    await lastValueFrom(this.transformToObservable(await handler(events, batch)), {
      defaultValue: undefined,
    });
  }

  private requireTopology(): void {
    const { group } = this.settings;
    const heard = topology[group];
    const handled = new Set(this.messageHandlers.keys());
    const missing = [...heard].filter((type) => !handled.has(type));
    const unheard = [...handled].filter((type) => !heard.has(type));
    if (missing.length > 0 || unheard.length > 0)
      throw new TopologyMismatch(group, missing, unheard);
  }
}
