import { Redis, type RedisOptions } from 'ioredis';

interface LostCommands {
  shift(): { command: { reject(error: Error): void } } | undefined;
}

/**
 * ioredis leaves commands without an answer for ever when it is disconnected between two attempts
 * to connect, and those that were sent on a connection that was lost; whoever waits for them could
 * not stop.
 */
export class PatientRedis extends Redis {
  constructor(options: Omit<RedisOptions, 'replyMapping'>) {
    super(options);
  }

  override disconnect(reconnect = false): void {
    if (reconnect) return super.disconnect(true);
    if (this.status === 'end') return;
    this.once('end', () => this.rejectLost());
    // As if it had never tried, which ioredis knows how to end.
    if (this.status === 'reconnecting') this.status = 'wait';
    super.disconnect();
  }

  private rejectLost(): void {
    const { prevCommandQueue: lost } = this as unknown as { prevCommandQueue?: LostCommands };
    for (let item = lost?.shift(); item; item = lost?.shift()) {
      item.command.reject(new Error('Connection is closed.'));
    }
  }
}
