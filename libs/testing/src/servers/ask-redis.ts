import { connect } from 'node:net';

/**
 * Sends one command, quoted as in redis-cli, and resolves with the raw reply.
 * A connection of its own, without a client's reconnecting: nothing lingers when there is no server.
 */
export function askRedis(port: number, command: string, timeoutMs = 1_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let reply = '';
    socket.setEncoding('utf8').setTimeout(timeoutMs);
    socket.on('data', (text: string) => {
      reply += text;
    });
    socket.once('connect', () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.once('timeout', () => socket.destroy(new Error(`no answer from port ${port} in time`)));
    socket.once('error', reject);
    socket.once('close', () => resolve(reply));
  });
}
