import type { Server } from 'node:net';
import { setImmediate as endOfTurn } from 'node:timers/promises';

const MOST_MS = 2_000;

/**
 * Lets in whoever has connected and waits to be accepted, before a server closes: the system resets those, with the request that
 * they may have sent. Node accepts one connection in each turn of its event loop (libuv, pull request 3696), so on a busy server
 * they wait for seconds. Ends with the first turn that lets nobody in.
 */
export async function letInWhoWaits(server: Server): Promise<void> {
  const deadline = performance.now() + MOST_MS;
  let came: boolean;
  const note = () => {
    came = true;
  };
  server.on('connection', note).on('drop', note);
  await endOfTurn();
  do {
    came = false;
    await endOfTurn();
  } while (came && performance.now() < deadline);
  server.off('connection', note).off('drop', note);
}
