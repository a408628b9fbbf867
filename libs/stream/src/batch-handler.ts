import { decode, UnreadableEvent, type Delivered } from '@skein/events';
import type { Logger } from '@skein/telemetry';
import type { Dispatch, UnitOfWork } from './ports.js';
import type { Entry } from './reader.js';

/** Handles batches so that each event takes effect, or is durably put away, before it is acknowledged. */
export class BatchHandler {
  constructor(
    private readonly unit: UnitOfWork,
    private readonly dispatch: Dispatch,
    private readonly logger: Logger,
    private readonly partition: number,
  ) {}

  /**
   * Resolves when every entry is durable.
   * @throws only when the failure says nothing about the events: deliver them again
   */
  async handle(entries: readonly Entry[]): Promise<void> {
    const events: Delivered[] = [];
    for (const entry of entries) {
      const event = await this.decodeOrSetAside(entry);
      if (event && entry.again) await this.unit.handleAgain(event, this.dispatch);
      else if (event) events.push(event);
    }
    await this.halve(events);
  }

  private async decodeOrSetAside({ sequence, id, text }: Entry): Promise<Delivered | undefined> {
    try {
      return { sequence, event: decode(text) };
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.logger.warn({ sequence, error }, 'an event cannot be read and is put aside');
      await this.unit.setAside({ sequence, id }, error);
      return undefined;
    }
  }

  /** A failing batch is halved until the culprit stands alone. */
  private async halve(events: readonly Delivered[]): Promise<void> {
    if (events.length === 0) return;
    try {
      await this.unit.handle(events, this.dispatch, this.partition);
    } catch (error) {
      if (this.unit.isTransient(error)) throw error;
      if (events.length === 1) return this.fail(events[0]!, error as Error);
      const middle = Math.ceil(events.length / 2);
      await this.halve(events.slice(0, middle));
      await this.halve(events.slice(middle));
    }
  }

  private async fail({ sequence, event }: Delivered, error: Error): Promise<void> {
    this.logger.warn({ sequence, event: event.id, type: event.type, error }, 'an event failed');
    await this.unit.fail(sequence, error);
  }
}
