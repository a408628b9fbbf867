import {
  devicesConnectionChanged,
  dispatchingSwitched,
  fleetRolloutRequested,
  repositoryPushReported,
  rolloutActionRequested,
  type ConnectionChange,
  type RolloutAction,
} from '@skein/events';
import { andMore, telling, type Told } from './telling.js';

const because = (reason: string | null): string => (reason === null ? '' : `: ${reason}`);

/** The reason, and how the sentence about the fleet goes on. */
const actions: Readonly<Record<RolloutAction, readonly [reason: string, message: string]>> = {
  pause: ['FleetRolloutPauseRequested', 'is to pause its rollout'],
  resume: ['FleetRolloutResumeRequested', 'is to go on with its rollout'],
  approve: ['FleetRolloutApproved', 'has the approval for its rollout'],
  abort: ['FleetRolloutAbortRequested', 'is to abort its rollout'],
  retry: ['FleetRolloutRetryRequested', 'is to select the failed devices of its rollout again'],
};

function connection({ connected }: ConnectionChange): Told {
  return connected
    ? { reason: 'DeviceConnected', message: 'was heard of again' }
    : { reason: 'DeviceDisconnected', message: 'was not heard of for too long' };
}
const connections = ['DeviceConnected', 'DeviceDisconnected'];

export const requestTellings = [
  telling(fleetRolloutRequested, {
    reasons: ['FleetRolloutRequested'],
    tell: ({ templateVersion, immediate, reason }, { name }) => {
      const version =
        templateVersion === null
          ? 'its newest template version'
          : `template version ${name(templateVersion)}`;
      const how = immediate ? ', without batches' : '';
      return {
        reason: 'FleetRolloutRequested',
        message: `is to roll out ${version}${how}${because(reason)}`,
      };
    },
  }),
  telling(rolloutActionRequested, {
    reasons: Object.values(actions).map(([reason]) => reason),
    tell: ({ fleet, action, batch, reason: why }) => {
      const [reason, message] = actions[action];
      const upTo = batch === null ? '' : ` up to batch ${batch}`;
      return {
        about: { kind: 'Fleet', uid: fleet },
        reason,
        message: `${message}${upTo}${because(why)}`,
      };
    },
  }),
  telling(dispatchingSwitched, {
    reasons: ['DispatchingFrozen', 'DispatchingResumed'],
    tell: ({ frozen, reason }) => ({
      reason: frozen ? 'DispatchingFrozen' : 'DispatchingResumed',
      message: `${frozen ? 'dispatches nothing more' : 'dispatches again'}${because(reason)}`,
    }),
  }),
  telling(repositoryPushReported, {
    reasons: ['RepositoryPushReported'],
    tell: () => ({ reason: 'RepositoryPushReported', message: 'was pushed to, says its server' }),
  }),
  telling(devicesConnectionChanged, {
    reasons: connections,
    tell: ({ members }, { count }) => {
      const { reason, message } = connection(members[0]!);
      const about = { kind: 'Device', uid: members[0]!.device };
      return { about, reason, message: `${message}${andMore(count)}` };
    },
    device: { reasons: connections, tell: (member) => connection(member) },
  }),
];
