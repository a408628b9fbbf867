import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';

/** A client's connection and ours to the server behind. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** It is cut in the middle of what it carries next. */
  doomed: boolean;
}

/** How a network behaves; all of it can be changed while connections are open. */
export interface Weather {
  /** Milliseconds by which each chunk is late: at least, and at most. */
  readonly delayMs: readonly [least: number, most: number];
  /** Of one connection in one direction. */
  readonly bytesPerSecond: number;
}

export const calm: Weather = { delayMs: [0, 0], bytesPerSecond: Infinity };

const idleCutMs = 300;
const stalledLookMs = 20;

/** A TCP proxy on 127.0.0.1 that is slow, stalls, or cuts connections when told so. */
export class Proxy {
  weather = calm;
  /** It accepts connections and keeps them, and carries nothing. */
  stalled = false;
  /** Connections that were accepted. */
  accepted = 0;
  /** Connections that were cut, and those of them that were carrying something just then. */
  cuts = 0;
  cutsInTheMiddle = 0;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
    private readonly random: Random,
  ) {
    listener.on('connection', (client) => this.accept(client));
  }

  /** @param target URL of what is behind */
  static async open(target: string, random: Random): Promise<Proxy> {
    const listener = createServer({ noDelay: true });
    const proxy = new Proxy(listener, new URL(target), random);
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The same URL, through here. */
  through(url: string): string {
    const { port } = this.listener.address() as AddressInfo;
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  close(): void {
    this.listener.close();
    for (const pair of this.pairs) this.reset(pair);
  }

  /** Dooms each connection with this chance: it ends with RST, in the middle of something if it carries anything soon. */
  async cut(chance: number): Promise<void> {
    const doomed = [...this.pairs].filter(() => this.random.next() < chance);
    for (const pair of doomed) pair.doomed = true;
    await sleep(idleCutMs);
    for (const pair of doomed) if (this.pairs.has(pair)) this.reset(pair);
    this.cuts += doomed.length;
  }

  private accept(client: Socket): void {
    this.accepted += 1;
    const { hostname: host, port } = this.target;
    const server = connect({ host, port: Number(port), noDelay: true });
    const pair: Pair = { client, server, doomed: false };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.once('close', () => this.reset(pair));
    }
    void this.carry(pair, client, server);
    void this.carry(pair, server, client);
  }

  private reset(pair: Pair): void {
    this.pairs.delete(pair);
    for (const socket of [pair.client, pair.server]) {
      if (socket.connecting) socket.destroy();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
  }

  /** Ends when either side does. */
  private async carry(pair: Pair, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await this.holdUp(chunk.length);
        if (pair.doomed) return this.cutInTheMiddle(pair, to, chunk);
        if (!to.write(chunk)) await once(to, 'drain', { signal: AbortSignal.timeout(60_000) });
      }
      to.end();
    } catch {
      this.reset(pair);
    }
  }

  private cutInTheMiddle(pair: Pair, to: Socket, chunk: Buffer): void {
    if (!this.pairs.has(pair)) return;
    this.cutsInTheMiddle += 1;
    to.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => this.reset(pair));
  }

  private async holdUp(bytes: number): Promise<void> {
    const { delayMs, bytesPerSecond } = this.weather;
    const lateMs = this.random.between(...delayMs) + (bytes / bytesPerSecond) * 1_000;
    if (lateMs >= 1) await sleep(lateMs);
    while (this.stalled) await sleep(stalledLookMs);
  }
}
