/** The parts and the events that the tests of this service are made of. */
import type { RolloutPolicy } from '@skein/domain-resource';
import {
  batchDispatched,
  DEFAULT_ORGANISATION,
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  devicesConnectionChanged,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  deviceStatusReported,
  dispatchingSwitched,
  fleetCreated,
  fleetDeleted,
  fleetRolloutPolicyUpdated,
  fleetRolloutRequested,
  newUid,
  rolloutActionRequested,
  rolloutStarted,
  templateVersionCreated,
  type Delivered,
  type EventDefinition,
  type JsonObject,
  type Labels,
  type RolloutAction,
} from '@skein/events';
import { Timers } from '@skein/task';
import { BatchSelection } from '../src/batch-selection.js';
import { FleetLocks } from '../src/fleet-locks.js';
import { HeldDevices } from '../src/held-devices.js';
import { Retries } from '../src/retries.js';
import { RolloutStarts } from '../src/rollout-starts.js';
import { RolloutSteps } from '../src/rollout-steps.js';
import { RolloutParts, RolloutTask } from '../src/rollout.task.js';
import { Rollouts } from '../src/rollouts.js';
import { SelectionSignal } from '../src/selection-signal.js';
import { SingleSelections } from '../src/single-selections.js';
import { Targets } from '../src/targets.js';
import { TimeOuts } from '../src/time-outs.js';

/** Where an event differs from the next one of its subject. */
interface Place {
  readonly sequence?: number;
  readonly version?: number;
}

type Make = <Data>(
  definition: EventDefinition<Data>,
  subject: string,
  data: Data,
  place?: Place,
) => Delivered<Data>;

/** The task as Nest would put it together. */
export function newTask(signal = new SelectionSignal()): RolloutTask {
  const [rollouts, held] = [new Rollouts(), new HeldDevices()];
  const parts = new RolloutParts(
    new RolloutStarts(rollouts),
    new RolloutSteps(rollouts, new BatchSelection(held)),
    new SingleSelections(new Targets(), held),
    held,
    new TimeOuts(new Timers('rollout')),
    new Retries(held),
  );
  return new RolloutTask(new FleetLocks(), parts, signal);
}

export const inBatches = (...sequence: object[]): RolloutPolicy => ({
  deviceSelection: { strategy: 'BatchSequence', sequence },
});

const own = new Map<string, EventDefinition>(
  [rolloutStarted, batchDispatched].map((definition) => [
    definition.type,
    definition as EventDefinition,
  ]),
);

/** What people ask of rollouts, and which devices are silent. */
const wishes = (event: Make) => ({
  /** Somebody wants the fleet to have this template version, or the newest one. */
  wished: (
    fleet: string,
    version: string | null,
    wish: { generation?: number; immediate?: boolean } = {},
  ) =>
    event(fleetRolloutRequested, fleet, {
      ...{ templateVersion: version, generation: 1, immediate: false, reason: null },
      ...wish,
    }),
  asked: (action: RolloutAction, rollout: string, fleet: string, batch: number | null = null) =>
    event(rolloutActionRequested, rollout, { fleet, action, batch, reason: 'because' }),
  dispatching: (frozen: boolean) =>
    event(dispatchingSwitched, DEFAULT_ORGANISATION, { frozen, reason: 'because' }),
  connection: (connected: boolean, ...devices: string[]) =>
    event(devicesConnectionChanged, DEFAULT_ORGANISATION, {
      members: devices.map((device) => ({ device, connected })),
    }),
});

/** Events that reach the service, by their short names. */
export const given = (event: Make) => ({
  device: (uid: string, labels: Labels = {}, place?: Place) =>
    event(deviceCreated, uid, { name: uid, labels, spec: null, generation: 1 }, place),
  relabelled: (uid: string, labels: Labels) => event(deviceLabelsUpdated, uid, { labels }),
  reported: (uid: string, renderedVersion: number, place?: Place) =>
    event(deviceStatusReported, uid, { renderedVersion, updated: 'UpToDate' }, place),
  gone: (uid: string) => event(deviceDeleted, uid, { name: uid }),
  matched: (devices: string[], owner: string | null, labelsVersion = 1, place?: Place) => {
    const answer = { owner, labelsVersion, multipleOwners: [] };
    const members = devices.map((device) => ({ device, ...answer }));
    return event(devicesMatched, DEFAULT_ORGANISATION, { members }, place);
  },
  rendered: (devices: string[], templateVersion: string, renderedVersion = 1) => {
    const document = { renderedVersion, digest: 'sha256:0', size: 1 };
    const members = devices.map((device) => ({ device, ...document }));
    return event(devicesRendered, newUid(), { templateVersion, members });
  },
  unrendered: (devices: string[], templateVersion: string, message = 'no such key') => {
    const members = devices.map((device) => ({ device, message }));
    return event(devicesFailed, newUid(), { templateVersion, members });
  },
  fleet: (uid: string, policy: RolloutPolicy | null = null, place?: Place) => {
    const data = { name: `f-${uid}`, generation: 1, selector: null, template: {} };
    return event(fleetCreated, uid, { ...data, rolloutPolicy: policy as JsonObject | null }, place);
  },
  repoliced: (uid: string, policy: RolloutPolicy | null) =>
    event(fleetRolloutPolicyUpdated, uid, { rolloutPolicy: policy as JsonObject | null }),
  disbanded: (uid: string) => event(fleetDeleted, uid, { name: uid }),
  version: (uid: string, fleet: string, generation = 1, place?: Place) => {
    const data = { name: `v${generation}`, fleet, generation, spec: {}, frozen: {} };
    return event(templateVersionCreated, uid, data, place);
  },
  ...wishes(event),
  /** What the service said to itself, as the stream brings it back. */
  heard: (said: readonly Said[]) =>
    said.flatMap(({ type, subject, data }) => {
      const definition = own.get(type);
      return definition ? [event(definition, subject, data as unknown)] : [];
    }),
});

/** What the service appended, as the tests look at it. */
interface Said {
  readonly type: string;
  readonly subject: string;
  readonly data: JsonObject;
}

export const typesOf = (said: readonly Said[]) => said.map(({ type }) => type);

/** The devices that were selected, in order. */
export const selectedIn = (said: readonly Said[]) =>
  said
    .filter(({ type }) => type === devicesSelected.type)
    .flatMap(({ data }) => data['members'] as { device: string }[])
    .map(({ device }) => device);

/** Handles a batch, and then all that the service said to itself. */
export async function settleAll<Event extends Said>(
  harness: { handle(...events: Delivered[]): Promise<Event[]> },
  { heard }: ReturnType<typeof given>,
  events: Delivered[],
): Promise<Event[]> {
  const all: Event[] = [];
  for (let next = events; next.length > 0;) {
    const said = await harness.handle(...next);
    all.push(...said);
    next = heard(said);
  }
  return all;
}
