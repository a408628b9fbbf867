import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SimulatedDevice } from '@skein/device-simulator';
import { jsonClient, waitFor, type JsonClient } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

const apiVersion = 'flightctl.io/v1beta1';
const names = ['d1', 'd2', 'd3', 'd4'];
const labels = { site: 'lyon' };

let start: StartProcess;
let client: JsonClient;
const stop = new AbortController();
const running: Promise<void>[] = [];

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await client(method, `/api/v1${path}`, { body });
  if (answer.code >= 400)
    throw new Error(`${method} ${path}: ${answer.code} ${answer.body.message}`);
  return answer.body;
};

const fleet = (content: string, rolloutPolicy: object) => ({
  ...{ apiVersion, kind: 'Fleet', metadata: { name: 'f' } },
  spec: {
    ...{ selector: { matchLabels: labels }, rolloutPolicy },
    template: { spec: { config: [{ name: 'motd', inline: [{ path: '/etc/motd', content }] }] } },
  },
});

const byHand = {
  approval: 'Manual',
  deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit: 1 }, { limit: 1 }] },
};

/** The newest rollout of the fleet, with all that it waits for. */
async function newest() {
  const { items } = await call('GET', '/fleets/f/rollouts?limit=1');
  return items[0] ? call('GET', `/rollouts/${items[0].metadata.name}`) : undefined;
}

/** Resolves with the newest rollout once it is of this template version and waits for this, or is in this state. */
async function until(version: string, what: string) {
  let seen: unknown;
  const found = async () => {
    const rollout = await newest();
    seen = rollout?.status;
    const waits = rollout?.status.waits ?? [];
    const said = [
      rollout?.status.state,
      ...waits.map(({ kind, name, reason }: Record<string, string>) =>
        kind === 'Batch' ? `${reason} of batch ${name}` : reason,
      ),
    ];
    return rollout?.spec.templateVersion === version && said.includes(what) ? rollout : undefined;
  };
  return waitFor(found, { timeoutMs: 60_000, message: `${version} ${what}` }).catch((error) => {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(seen)}\n${start.output}`);
  });
}

const act = async (action: string, body?: object) =>
  call('POST', `/rollouts/${(await newest()).metadata.name}/${action}`, body);
const versionsOf = async () => {
  const read = names.map((name) => call('GET', `/devices/${name}`));
  const all = await Promise.all(read);
  return all.map(({ metadata }) => metadata.annotations?.['fleet-controller/templateVersion']);
};

beforeAll(async () => {
  start = await StartProcess.start(['--no-demo']);
  await start.line(/Running until Ctrl-C/);
  client = jsonClient(
    () => start.gatewayUrl,
    () => start.headers,
  );
  for (const name of names) {
    await call('PUT', `/devices/${name}`, {
      ...{ apiVersion, kind: 'Device', metadata: { name, labels } },
    });
    const device = new SimulatedDevice({ name, baseUrl: start.gatewayUrl, token: start.token });
    running.push(device.run(stop.signal));
  }
}, 150_000);
afterAll(async () => {
  stop.abort();
  await Promise.all(running);
  await start?.[Symbol.asyncDispose]();
});

it('nobody is selected before a person approves, nor while dispatching is frozen or the rollout is paused', async () => {
  await call('PUT', '/fleets/f', fleet('one', byHand));
  await until('v1', 'Approval of batch 1');
  await call('PUT', '/dispatching', { frozen: true, reason: 'the network is down' });
  await act('approve');
  const frozen = await until('v1', 'Frozen');
  expect(frozen.status.waits[0].message).toContain('the network is down');
  expect(await versionsOf()).toEqual([undefined, undefined, undefined, undefined]);
  await call('PUT', '/dispatching', { frozen: false });
  await until('v1', 'Approval of batch 2');
  await act('pause', { reason: 'lunch' });
  await until('v1', 'Paused');
  await act('approve', { batch: 3 });
  expect((await versionsOf()).filter(Boolean)).toEqual(['v1']);
  await act('resume');
  const { status } = await until('v1', 'Completed');
  expect(status.devices).toEqual({ held: 0, waiting: 0, updated: 4, failed: 0 });
  expect(await versionsOf()).toEqual(['v1', 'v1', 'v1', 'v1']);
}, 180_000);

it('a dry run says what a change would do, and the fleet goes back to an earlier version', async () => {
  const changed = fleet('two', { disruptionBudget: { maxUnavailable: 2 } });
  const dryRun = await call('POST', '/fleets/f/rollouts/dry-run', changed);
  expect(dryRun).toMatchObject({ strategy: 'Immediate', batches: [{ devices: 4 }] });
  expect(dryRun.changes).toEqual([
    { from: 'v1', devices: 4, changes: [{ what: 'changed', path: '/config/0/inline/0/content' }] },
  ]);
  await call('PUT', '/fleets/f', changed);
  await until('v2', 'Completed');
  await call('POST', '/fleets/f/rollouts', { templateVersion: 'v1', reason: 'two is wrong' });
  await until('v1', 'Completed');
  expect(await versionsOf()).toEqual(['v1', 'v1', 'v1', 'v1']);
  const { items } = await call('GET', '/fleets/f/rollouts');
  expect(
    items.map(({ spec }: { spec: Record<string, string> }) => spec['templateVersion']),
  ).toEqual(['v1', 'v2', 'v1']);
}, 180_000);
