import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Room } from '@skein/migrate';
import { freePort } from '@skein/testing';
import type { Scene } from '../scenario.js';
import { Build } from '../stage/build.js';
import { killAt, killPoints, settingsFor, type KillPoint } from '../stage/kill-points.js';

/** As load balancers do: what was sent to a gateway before is on its way. */
const drainMs = 500;
const longestAwayMs = 500;

const edited = (room: Room) => `${room}-edited`;

async function startGateway({ stage, writers }: Scene, build: Build): Promise<void> {
  const port = await freePort();
  const settings = settingsFor(stage.folder, edited('gateway'));
  const more = { ...settings, SKEIN_GATEWAY_PORT: String(port) };
  await stage.add(edited('gateway'), 'gateway', build, more);
  writers.urls.push(`http://127.0.0.1:${port}`);
  writers.urls.shift();
  await sleep(drainMs);
}

/** The rooms run from now on, and nowhere else, from a build that can kill itself at named points. */
export async function replaceByEdited(scene: Scene, rooms: readonly Room[]): Promise<void> {
  const { stage } = scene;
  const edits = killPoints.map(({ edit }) => edit);
  const build = await Build.copy(join(stage.folder, 'edited'), edits);
  const start = (room: Room) =>
    room === 'gateway'
      ? startGateway(scene, build)
      : stage.add(edited(room), room, build, settingsFor(stage.folder, edited(room)));
  await Promise.all(rooms.map(start));
  await Promise.all(rooms.map((room) => stage.service(room).end('SIGTERM')));
}

/** It kills itself when it comes to the point, and is started again. */
export async function killThere(
  { stage, random, say }: Scene,
  room: Room,
  point: KillPoint,
): Promise<void> {
  const awayMs = random.between(0, longestAwayMs);
  const service = stage.service(edited(room));
  await killAt(service, stage.folder, point);
  say(`${room} is killed ${point.where}`);
  await sleep(awayMs);
  await service.start();
}

/** It is killed at once, and started again. */
export async function killNow({ stage, random, say }: Scene, room: Room): Promise<void> {
  const awayMs = random.between(0, longestAwayMs);
  const service = stage.service(edited(room));
  await service.end('SIGKILL');
  say(`${room} is killed`);
  await sleep(awayMs);
  await service.start();
}
