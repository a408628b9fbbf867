import { devicesMatched, type DevicesMatched, type MatchedDevice } from '@skein/events';
import {
  andMore,
  telling,
  type MemberScene,
  type NameOf,
  type Scene,
  type Told,
} from './telling.js';

type Match = MemberScene<MatchedDevice>;

/** An owner as the metadata of devices has it. */
const ownerOf = (uid: string | null, name: NameOf): string | null =>
  uid === null ? null : `Fleet/${name(uid)}`;

function ownedBy({ owner }: MatchedDevice, name: NameOf): string {
  return owner === null ? 'has no owner' : `is owned by Fleet ${name(owner)}`;
}

function detected(match: MatchedDevice, name: NameOf): Told {
  const { multipleOwners } = match;
  return {
    reason: 'DeviceMultipleOwnersDetected',
    message: `is selected by several fleets, ${multipleOwners.join(', ')}, and ${ownedBy(match, name)}`,
    details: { detailType: 'DeviceMultipleOwnersDetected', matchingFleets: multipleOwners },
  };
}

function resolved(match: MatchedDevice, previous: readonly string[], name: NameOf): Told {
  const { owner } = match;
  return {
    reason: 'DeviceMultipleOwnersResolved',
    message: `is no longer selected by several fleets, and ${ownedBy(match, name)}`,
    details: {
      detailType: 'DeviceMultipleOwnersResolved',
      resolutionType: owner === null ? 'NoMatch' : 'SingleMatch',
      assignedOwner: owner === null ? null : name(owner),
      previousMatchingFleets: previous,
    },
  };
}

function moved(match: MatchedDevice, previous: string | null, name: NameOf): Told {
  return {
    reason: 'ResourceUpdated',
    message: `${ownedBy(match, name)} now`,
    details: {
      detailType: 'ResourceUpdated',
      updatedFields: ['owner'],
      previousOwner: ownerOf(previous, name),
      newOwner: ownerOf(match.owner, name),
    },
  };
}

const nobody = { owner: null, multipleOwners: [] };

/** Every change of labels is answered, also when it changes nothing: only the answer before shows what is new. */
function matched(match: MatchedDevice, _data: unknown, scene: Match): Told {
  const { name } = scene;
  const { owner, multipleOwners } = scene.before?.member ?? nobody;
  if (match.multipleOwners.join() !== multipleOwners.join()) {
    return match.multipleOwners.length > 0
      ? detected(match, name)
      : resolved(match, multipleOwners, name);
  }
  if (match.owner !== owner) return moved(match, owner, name);
  const as = scene.before ? ' as before' : '';
  return { reason: 'DeviceMatched', message: `was matched, and ${ownedBy(match, name)}${as}` };
}

function matchedAll({ members }: DevicesMatched, { count }: Scene): Told {
  return {
    about: { kind: 'Device', uid: members[0]!.device },
    reason: 'DeviceMatched',
    message: `was matched with the fleets${andMore(count)}`,
  };
}

export const selectorTellings = [
  telling(devicesMatched, {
    reasons: ['DeviceMatched'],
    tell: matchedAll,
    device: {
      reasons: [
        'DeviceMatched',
        'DeviceMultipleOwnersDetected',
        'DeviceMultipleOwnersResolved',
        'ResourceUpdated',
      ],
      tell: matched,
      matter: 'owner',
    },
  }),
];
