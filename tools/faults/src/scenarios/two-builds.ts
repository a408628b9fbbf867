import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import type { Scenario } from '../scenario.js';
import { Build, type Edit } from '../stage/build.js';
import type { Stage } from '../stage/stage.js';

const v2 = 'skein.device.labels-updated.v2';
/** The services that hear of labels. */
const hearers = ['selector', 'rollout', 'render'] as const;
const sideBySideMs = 5_000;
const drainMs = 1_000;

/**
 * The next release: the gateway says in a new version of one event also what the labels were before, and all who
 * hear the old version hear the new one too.
 */
const nextRelease: readonly Edit[] = [
  {
    file: 'libs/events/dist/catalogue/gateway.js',
    from: /$(?![\s\S])/,
    to: `export const deviceLabelsUpdatedV2 = define('Device', '${v2}', ['labels', 'before']);\n`,
  },
  {
    file: 'libs/events/dist/index.js',
    from: /\bdeviceLabelsUpdated,/,
    to: 'deviceLabelsUpdated, deviceLabelsUpdatedV2,',
  },
  {
    file: 'libs/events/dist/topology.js',
    from: /gateway\.deviceLabelsUpdated,/,
    to: 'gateway.deviceLabelsUpdated, gateway.deviceLabelsUpdatedV2,',
    times: hearers.length,
  },
  ...hearers.map((room) => ({
    file: `apps/${room}-service/dist/${room}.consumer.js`,
    from: /EventPattern\(deviceLabelsUpdated\.type\)/,
    to: `EventPattern([deviceLabelsUpdated.type, '${v2}'])`,
  })),
  {
    file: 'apps/api-gateway/dist/resources/devices.service.js',
    from: /\bdeviceLabelsUpdated\b/,
    to: 'deviceLabelsUpdatedV2',
    times: 2,
  },
  {
    file: 'apps/api-gateway/dist/resources/devices.service.js',
    from: /definition: deviceLabelsUpdatedV2,\s*data: \{\s*labels/,
    to: 'definition: deviceLabelsUpdatedV2, data: { labels, before: row.labels',
  },
];

async function numbersOf(stage: Stage, sql: string): Promise<number[]> {
  const rows = await stage.postgres.query<{ number: number }>(sql);
  return rows.map(({ number }) => number);
}

/** Numbers of events of the new version that wait, in any service, for a build that knows it. */
function parked(stage: Stage): Promise<number[]> {
  const tables = hearers.map(
    (room) => `select number from ${room}.parked where reason like '%${v2}'`,
  );
  return numbersOf(stage, tables.join(' union all '));
}

export const twoBuilds: Scenario = {
  name: 'two-builds',
  title: 'a newer build, which speaks a newer event version, beside this one; then it alone',
  quick: true,
  run: async ({ stage, writers, say }) => {
    const next = await Build.copy(join(stage.folder, 'next'), nextRelease);
    await Promise.all(hearers.map((room) => stage.add(`${room}-next`, room, next)));
    say('hearers of the next release run beside those of this one');
    writers.urls.push(await stage.addGateway('gateway-next', next));
    say('so does its gateway, which speaks the new version');
    await waitFor(async () => (await parked(stage)).length > 0, {
      timeoutMs: 20_000,
      message: 'an event that this build does not know and parks',
    });
    await sleep(sideBySideMs);
    say(`${(await parked(stage)).length} events are parked by services of this build`);
    writers.urls.shift();
    // As load balancers do: what was sent to it before is on its way.
    await sleep(drainMs);
    await stage.service('gateway').end('SIGTERM');
    await Promise.all(hearers.map((room) => stage.service(room).end('SIGTERM')));
    say('the next release runs alone');
  },
};
