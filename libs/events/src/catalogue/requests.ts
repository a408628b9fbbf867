import { define } from '../define.js';

/** Somebody wants a template version rolled out to the fleet, the newest one again or an earlier one. */
export interface FleetRolloutRequested {
  /** Uid of the template version that the fleet is to have; null: the newest one. */
  readonly templateVersion: string | null;
  /** The generation of the fleet's template: template versions of later ones take over by themselves. */
  readonly generation: number;
  /** All devices at once, whatever batches the policy has; a disruption budget holds all the same. */
  readonly immediate: boolean;
  /** Why, in the words of who asked; null: nothing was said. */
  readonly reason: string | null;
}
export const fleetRolloutRequested = define<FleetRolloutRequested>(
  'Fleet',
  'skein.fleet.rollout-requested.v1',
  ['templateVersion', 'generation', 'immediate', 'reason'],
);

/** What a person can do with a rollout. */
export type RolloutAction = 'pause' | 'resume' | 'approve' | 'abort' | 'retry';

/** Somebody wants something of a rollout, which is the subject. */
export interface RolloutActionRequested {
  /** Uid of the rollout's fleet. */
  readonly fleet: string;
  readonly action: RolloutAction;
  /** The last batch that is approved; null unless the action is `approve`. */
  readonly batch: number | null;
  /** Why, in the words of who asked; null: nothing was said. */
  readonly reason: string | null;
}
export const rolloutActionRequested = define<RolloutActionRequested>(
  'RolloutRequest',
  'skein.rollout-request.action-requested.v1',
  ['fleet', 'action', 'batch', 'reason'],
);

/** Whether anything may be dispatched in the organisation, which is the subject. */
export interface DispatchingSwitched {
  readonly frozen: boolean;
  /** Why, in the words of who asked; null: nothing was said. */
  readonly reason: string | null;
}
export const dispatchingSwitched = define<DispatchingSwitched>(
  'Dispatching',
  'skein.dispatching.switched.v1',
  ['frozen', 'reason'],
);

/** A device that was not heard of for too long, or was again. */
export interface ConnectionChange {
  readonly device: string;
  readonly connected: boolean;
}

/** Devices of the organisation, which is the subject, that fell silent or are back. */
export interface DevicesConnectionChanged {
  readonly members: readonly ConnectionChange[];
}
export const devicesConnectionChanged = define<DevicesConnectionChanged>(
  'Connection',
  'skein.connection.devices-changed.v1',
  ['members'],
);

/** The server of the repository, which is the subject, says that something was pushed to it. */
export interface RepositoryPushReported {
  /** Name of the repository. */
  readonly name: string;
}
export const repositoryPushReported = define<RepositoryPushReported>(
  'RepositoryPush',
  'skein.repository-push.reported.v1',
  ['name'],
);
