import { Injectable } from '@nestjs/common';
import { meter } from '@skein/telemetry';
import { REQUEST_LIMIT_BYTES } from './request-size.js';

/** What bodies and messages may have together, from their first byte until they are answered, in bytes. */
export const BODY_ROOM_BYTES = 64 * REQUEST_LIMIT_BYTES;
/** Of this much nobody is asked who they are; the rest is for those with a good token. */
const ANYBODYS = BODY_ROOM_BYTES / 2;
/** What one of these may have while more than that is taken. */
const SHARE = BODY_ROOM_BYTES / 8;

/** The room in memory that bodies share at both doors: who sends half of one and waits, without a token too, fills no more. */
@Injectable()
export class BodyRoom {
  private taken = 0;
  /** In bytes, of those who were asked who they are. */
  private readonly shares = new Map<string, number>();

  constructor() {
    meter()
      .createObservableGauge('skein_bodies_bytes', {
        description: 'Bodies and messages that arrive or are being worked on.',
      })
      .addCallback((result) => result.observe(this.taken));
  }

  /** For one body, which has nothing yet. */
  place(): BodyPlace {
    return new BodyPlace(this);
  }

  /** In bytes. */
  get used(): number {
    return this.taken;
  }

  /** Whether so many bytes more have room, for this client. */
  fits(bytes: number, client: string | undefined): boolean {
    const used = this.taken + bytes;
    if (used <= ANYBODYS) return true;
    return client !== undefined && used <= BODY_ROOM_BYTES && this.shareOf(client) + bytes <= SHARE;
  }

  count(bytes: number, client: string | undefined): void {
    this.taken += bytes;
    if (client === undefined) return;
    const share = this.shareOf(client) + bytes;
    if (share > 0) this.shares.set(client, share);
    else this.shares.delete(client);
  }

  private shareOf(client: string): number {
    return this.shares.get(client) ?? 0;
  }
}

/** What one body has of the room. */
export class BodyPlace {
  private bytes = 0;
  private client: string | undefined;
  private isOver = false;

  constructor(private readonly room: BodyRoom) {}

  /** Takes so many bytes more, unless there is no room for them. */
  take(bytes: number): boolean {
    const fits = !this.isOver && this.room.fits(bytes, this.client);
    if (fits) this.add(bytes);
    return fits;
  }

  /** Takes them for a client, who is asked for when there is no room for everybody; undefined is nobody who is known. */
  async takeFor(bytes: number, ask: () => Promise<string | undefined>): Promise<boolean> {
    const client = await ask();
    const { bytes: before } = this;
    this.add(-before);
    this.client = client;
    this.add(before);
    return this.take(bytes);
  }

  /** Gives back what it has, and takes nothing any more. */
  leave(): void {
    this.add(-this.bytes);
    this.isOver = true;
  }

  private add(bytes: number): void {
    this.bytes += bytes;
    this.room.count(bytes, this.client);
  }
}
